import type { ErrorShape } from '../../core/errors.ts'
import { placeIn } from '../files/line.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { JsonWell } from '../ui/json-well.tsx'
import type { LiveRun } from './live-run.ts'

/** What a run gave back, or why it did not. */
export function RunResult({ run }: { run: LiveRun }) {
  if (run.state === 'failed' && run.error) return <ErrorNote className="mt-2" error={withPlace(run.error)} />
  if (run.state === 'succeeded')
    return run.output === null ? (
      <p className="mt-2 text-13 text-ink-3">It returned nothing.</p>
    ) : (
      <div className="mt-2">
        <JsonWell label="Result" value={run.output} />
      </div>
    )
  return null
}

/** An error that has no button of its own leads to the line where it happened. */
function withPlace(error: ErrorShape): {
  code: ErrorShape['code']
  message: string
  action: ErrorShape['action']
  details: string | undefined
} {
  const place = placeIn(`${error.details ?? ''}\n${error.message}`)
  const message = place ? error.message.replace(/ \([^()\s]+:\d+\)$/, '.').replace(/([.!?])\.$/, '$1') : error.message
  return { code: error.code, message, details: error.details, action: error.action ?? (place ? { kind: 'open', ...place } : undefined) }
}
