import { useState, type ReactNode } from 'react'
import { AppError } from '../../core/errors.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { AppTile } from './app-tile.tsx'

/** A screen with one question on it: who are you, or what is your new password. */
export function EntryCard({ app, title, text, children }: { app: string; title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <main className="grid min-h-full place-items-center overflow-auto p-4">
      <div className="w-full max-w-90">
        <div className="mb-4 flex items-center justify-center gap-2">
          <AppTile name={app} />
          <b className="min-w-0 truncate text-14 font-semibold">{app}</b>
        </div>
        <div className="rounded-3 border border-line bg-surface p-6">
          <h1 className="text-20 font-semibold">{title}</h1>
          {text && <p className="mt-1 text-13 text-ink-2">{text}</p>}
          {children}
        </div>
      </div>
    </main>
  )
}

export type EntryField = {
  name: string
  label: string
  type?: 'email' | 'password' | 'text'
  autoComplete: string
  value?: string
  hint?: string
}

/** Fields and one button. What was typed stays when it fails. */
export function EntryForm({
  fields,
  submit,
  isMain = true,
  onSubmit,
}: {
  fields: readonly EntryField[]
  submit: string
  /** Another button of the screen may be its main one. */
  isMain?: boolean
  onSubmit: (given: Record<string, string>) => Promise<unknown>
}) {
  const [error, setError] = useState<AppError | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function send(form: HTMLFormElement): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      await onSubmit(Object.fromEntries(Array.from(new FormData(form), ([name, value]) => [name, String(value)])))
    } catch (failure) {
      setError(AppError.from(failure))
      setBusy(false)
    }
  }
  return (
    <form
      className="mt-5 space-y-4"
      onSubmit={event => {
        event.preventDefault()
        void send(event.currentTarget)
      }}
    >
      {fields.map(({ name, label, type = 'text', autoComplete, value, hint }, at) => (
        <Field key={name} label={label} hint={hint}>
          {ids => (
            <Input
              {...ids}
              size="lg"
              required
              name={name}
              type={type}
              autoComplete={autoComplete}
              defaultValue={value}
              autoFocus={isMain && at === 0}
            />
          )}
        </Field>
      ))}
      {error && <ErrorNote error={error} />}
      <Button kind={isMain ? 'primary' : 'secondary'} size="lg" wide type="submit" busy={isBusy}>
        {submit}
      </Button>
    </form>
  )
}

export const entryLink = 'rounded-1 text-accent-text underline underline-offset-2'
