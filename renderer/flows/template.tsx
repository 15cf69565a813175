import { Table2 } from 'lucide-react'
import type { Json } from '../../core/json.ts'
import { splitTemplate } from './expression.ts'
import { expressionWords, type Names } from './words.ts'

/** A value that a step is given. What comes from earlier steps is shown as tokens in the user's words, or as its code. */
export function Given({ value, names }: { value: Json; names: Names }) {
  if (typeof value === 'string')
    return (
      <p className="min-h-7 rounded-2 border border-line bg-sunken px-2 py-1 text-13 leading-6 break-words whitespace-pre-wrap">
        {value === '' ? <span className="text-ink-3">Empty</span> : <Template text={value} names={names} />}
      </p>
    )
  return (
    <pre tabIndex={0} className="max-h-48 overflow-auto rounded-2 border border-line bg-sunken px-2 py-1 break-words whitespace-pre-wrap">
      {JSON.stringify(value, null, 2)}
    </pre>
  )
}

export function Template({ text, names }: { text: string; names: Names }) {
  return splitTemplate(text).map((part, index) =>
    'text' in part ? <span key={index}>{part.text}</span> : <Token key={index} expression={part.expression} names={names} />,
  )
}

export function Token({ expression, names }: { expression: string; names: Names }) {
  const words = expressionWords(expression, names)
  if (words === null) return <code className="rounded-1 bg-accent-soft px-1 py-px break-all text-accent-text">{expression}</code>
  return (
    <span
      title={expression}
      className="inline-flex h-5 max-w-full items-center gap-1 rounded-1 bg-accent-soft px-1.5 align-[-5px] text-12 font-medium text-accent-text"
    >
      <Table2 className="i-12" />
      <span className="truncate">{words}</span>
    </span>
  )
}
