import { TriangleAlert } from 'lucide-react'
import type { Problem } from '../../core/app/model.ts'
import { useModel } from '../app-data.ts'
import { useConnection } from '../client.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { actionOf } from '../ui/error-action.ts'
import { ProgressRing } from '../ui/progress.tsx'

/** What concerns the whole window: main is away, or a file of the app cannot be used. */
export function Banner({ appId }: { appId: string | null }) {
  const { status, refusal } = useConnection()
  if (refusal)
    return (
      <div role="status" className="px-2 pb-2">
        <Note tone="warn" icon={<TriangleAlert />}>
          {refusal}
        </Note>
      </div>
    )
  if (status === 'lost')
    return (
      <div role="status" className="px-2 pb-2">
        <Note tone="warn" icon={<ProgressRing label="Reconnecting" />}>
          Reconnecting… What you see may be out of date. Nothing is lost.
        </Note>
      </div>
    )
  return appId ? <Problems appId={appId} /> : <div />
}

function Problems({ appId }: { appId: string }) {
  const [first, ...rest] = useModel(appId).data?.problems ?? []
  if (!first) return <div />
  const open = actionOf({ kind: 'open', path: first.path, line: first.line })
  return (
    <div role="status" className="px-2 pb-2">
      <Note
        tone="warn"
        icon={<TriangleAlert />}
        action={
          open && (
            <Button size="sm" className="text-ink" onClick={open.run}>
              {open.label}
            </Button>
          )
        }
      >
        <span className="font-medium">{placeOf(first)}</span> {first.message} The last good version keeps running.
        {rest.length > 0 && ` ${rest.length === 1 ? 'One more file has' : `${rest.length} more have`} a problem.`}
      </Note>
    </div>
  )
}

const placeOf = ({ path, line }: Problem): string => (line ? `${path}, line ${line}:` : `${path}:`)
