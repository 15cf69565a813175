import { useState } from 'react'
import type { AppError } from '../../core/errors.ts'
import { keys, type AppSummary } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog, Dialog, DialogActions } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { toast } from '../ui/toast.tsx'
import { useBlankApp, useFolderApp } from './create-app.ts'

/** Which dialog about a new app is open. */
export type Ask = 'blank' | 'folder' | null

/** One line of text, asked for in a dialog. */
function AskDialog({
  open,
  onClose,
  title,
  label,
  hint,
  placeholder,
  initial = '',
  confirm,
  onConfirm,
  busy,
  error,
}: {
  open: boolean
  onClose: () => void
  title: string
  label: string
  hint?: string
  placeholder?: string
  initial?: string
  confirm: string
  onConfirm: (value: string) => void
  busy: boolean
  error: AppError | null
}) {
  const [value, setValue] = useState(initial)
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <form
        className="mt-3 space-y-3"
        onSubmit={event => {
          event.preventDefault()
          if (value.trim()) onConfirm(value.trim())
        }}
      >
        <Field label={label} hint={hint}>
          {ids => (
            <Input
              {...ids}
              autoFocus
              maxLength={1000}
              placeholder={placeholder}
              value={value}
              onChange={event => setValue(event.target.value)}
            />
          )}
        </Field>
        {error && <ErrorNote error={error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy} disabled={!value.trim()}>
            {confirm}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function BlankAppDialog({ onClose }: { onClose: () => void }) {
  const create = useBlankApp()
  return (
    <AskDialog
      open
      onClose={onClose}
      title="New app"
      label="Name"
      placeholder="Support desk"
      confirm="Create app"
      busy={create.isPending}
      error={create.error}
      onConfirm={name => create.mutate(name)}
    />
  )
}

export function FolderDialog({ onClose }: { onClose: () => void }) {
  const openFolder = useFolderApp()
  return (
    <AskDialog
      open
      onClose={onClose}
      title="Open a folder"
      label="Folder"
      hint="An app of Plugboard or a Base44 project. It stays where it is."
      placeholder="/home/you/projects/my-app"
      confirm="Open"
      busy={openFolder.isPending}
      error={openFolder.error}
      onConfirm={path => openFolder.mutate(path)}
    />
  )
}

export function RenameDialog({ app, onClose }: { app: Pick<AppSummary, 'id' | 'name'>; onClose: () => void }) {
  const rename = useAct((name: string) => client.apps.rename({ appId: app.id, name }), { refresh: [keys.apps], quiet: true, done: onClose })
  return (
    <AskDialog
      open
      onClose={onClose}
      title="Rename app"
      label="Name"
      initial={app.name}
      confirm="Rename"
      busy={rename.isPending}
      error={rename.error}
      onConfirm={name => rename.mutate(name)}
    />
  )
}

export function RemoveDialog({
  app,
  onClose,
  onRemoved,
}: {
  app: Pick<AppSummary, 'id' | 'name'>
  onClose: () => void
  onRemoved?: () => void
}) {
  const remove = useAct(() => client.apps.remove({ appId: app.id }), {
    refresh: [keys.apps],
    quiet: true,
    done: () => {
      toast.say(`${app.name} was removed.`)
      onClose()
      onRemoved?.()
    },
  })
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Remove ${app.name}?`}
      text="Its flows stop. An app of Plugboard’s own folder goes to the trash in your home folder; one that was opened from elsewhere stays where it is."
      confirm="Remove"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    />
  )
}
