import type { Json } from '../../core/json.ts'

/** A value to look at, on sunken ground. It can be focused, so that the keyboard scrolls it. */
export const JsonWell = ({ label, value }: { label: string; value: Json }) => (
  <pre
    tabIndex={0}
    role="region"
    aria-label={label}
    className="max-h-64 overflow-auto rounded-2 border border-line bg-sunken px-3 py-2 break-words whitespace-pre-wrap"
  >
    {JSON.stringify(value, null, 2)}
  </pre>
)
