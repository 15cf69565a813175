import type { Json } from '../../core/json.ts'
import type { RunStep } from '../../core/run.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { isErrorCode } from '../../core/errors.ts'

/** What went into a step and came out of it, and what it said on the way. Secrets were masked before they were stored. */
export function StepDetail({ step }: { step: RunStep }) {
  return (
    <section aria-label={`Step ${step.title}`} className="flex-1 space-y-4 border-t border-line bg-sunken p-5">
      {step.error && (
        <ErrorNote
          error={{
            code: isErrorCode(step.error.code) ? step.error.code : 'internal',
            message: step.error.message,
            action: undefined,
            details: step.error.details,
          }}
        />
      )}
      <div className="grid grid-cols-1 gap-4 @2xl:grid-cols-2">
        <JsonBlock title="Input" value={step.input} />
        <JsonBlock title="Output" value={step.output} />
      </div>
      <div>
        <h3 className="mb-2 text-12 font-medium text-ink-3">Logs</h3>
        {step.logs.length === 0 ? (
          <p className="text-12 text-ink-3">This step logged nothing.</p>
        ) : (
          <ol className="font-mono text-12 leading-6">
            {step.logs.map((line, index) => (
              <li key={index} className="flex gap-4">
                <time dateTime={line.at} className="flex-none text-ink-3">
                  {clockOf(line.at)}
                </time>
                <span
                  className={`min-w-0 break-words whitespace-pre-wrap ${line.level === 'error' ? 'text-bad-text' : line.level === 'warn' ? 'text-warn-text' : ''}`}
                >
                  {line.text}
                </span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}

function JsonBlock({ title, value }: { title: string; value: Json | null }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-2 text-12 font-medium text-ink-3">{title}</h3>
      <pre
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-2 border border-line bg-surface px-3 py-2 break-words whitespace-pre-wrap"
      >
        {value === null ? '–' : JSON.stringify(value, null, 2)}
      </pre>
    </div>
  )
}

/** “09:48:08.412” in the user's zone. */
export function clockOf(iso: string): string {
  const at = new Date(iso)
  return `${at.toLocaleTimeString(undefined, { hourCycle: 'h23' })}.${String(at.getMilliseconds()).padStart(3, '0')}`
}
