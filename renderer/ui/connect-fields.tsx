import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import type { ProviderField } from '../../core/contract/provider-field.ts'
import { Button } from './button.tsx'
import { Field, Input } from './input.tsx'

type FieldsProps = {
  tool: { name: string; fields: readonly ProviderField[] }
  onConnect: (answers: Record<string, string>) => void
  onCancel: () => void
}

/** What a tool has to know before its sign-in page can be opened, such as the name of a shop. */
export function ConnectFields({ tool: { name, fields }, onConnect, onCancel }: FieldsProps) {
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const given = Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer.trim() !== ''))
  const isReady = fields.every(field => field.default !== null || given[field.id])
  return (
    <form
      aria-label={`Before you connect to ${name}`}
      className="space-y-3"
      onSubmit={event => {
        event.preventDefault()
        if (isReady) onConnect(given)
      }}
    >
      {fields.map((field, index) => (
        <Field key={field.id} label={field.label} hint={field.hint} optional={field.default !== null}>
          {ids => (
            <Input
              {...ids}
              autoFocus={index === 0}
              maxLength={200}
              placeholder={field.default ?? field.placeholder}
              end={field.suffix && <span className="text-ink-3">{field.suffix}</span>}
              value={answers[field.id] ?? ''}
              onChange={event => setAnswers({ ...answers, [field.id]: event.target.value.trimStart() })}
            />
          )}
        </Field>
      ))}
      <div className="flex gap-2">
        <Button type="submit" kind="primary" disabled={!isReady}>
          Go on to {name}
          <ExternalLink className="i-14" />
        </Button>
        <Button kind="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
