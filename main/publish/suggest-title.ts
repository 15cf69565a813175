import type { ReleaseChange } from '../../core/contract/publish.ts'
import type { Version } from '../../core/contract/releases.ts'

type Step = { title: string; by: string; at: string }

/**
 * What the next version could be called, for its author to change: what the chat or the author did last since the live version, or else its
 * first difference. Nothing where nothing would change.
 */
export function suggestTitle(live: Version | null, changes: readonly ReleaseChange[], steps: readonly Step[]): string {
  const [first] = changes
  if (!live) return 'First version'
  if (!first) return ''
  const latest = steps.find(({ by, at }) => (by === 'chat' || by === 'you') && at > live.at)
  return (latest?.title ?? describe(first, changes.length - 1)).slice(0, 120)
}

function describe({ kind, name, detail }: ReleaseChange, others: number): string {
  const what = detail === '' || kind !== 'changed' ? `${name} ${kind}` : `${name}: ${detail.charAt(0).toLowerCase()}${detail.slice(1)}`
  return others > 0 ? `${what}, and ${others} more` : what
}
