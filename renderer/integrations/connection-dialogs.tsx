import { useState } from 'react'
import { keys, useConnections, useConnector, useTitleOf, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { ConfirmDialog, Dialog, DialogActions } from '../ui/dialog.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Field, Input } from '../ui/input.tsx'
import { toast } from '../ui/toast.tsx'
import { connect, inputFor } from './attempts.ts'
import { ConnectFields } from '../ui/connect-fields.tsx'
import { nameProblem, usedByWords } from './connection-words.ts'
import { UseIcon } from './used-by.tsx'

/** `real`: a practice account becomes a real one of a tool that has to know something first. */
export type ConnectionAsk = { kind: 'rename' | 'disconnect' | 'real'; row: ConnectionRow }

export function ConnectionDialogs({ ask: { kind, row }, onClose }: { ask: ConnectionAsk; onClose: () => void }) {
  switch (kind) {
    case 'rename':
      return <Rename row={row} onClose={onClose} />
    case 'disconnect':
      return <Disconnect row={row} onClose={onClose} />
    case 'real':
      return <RealAccount row={row} onClose={onClose} />
  }
}

function RealAccount({ row, onClose }: { row: ConnectionRow; onClose: () => void }) {
  const { name, facts } = useConnector(row.connector)
  return (
    <Dialog open onClose={onClose} title={`Connect to ${name}`} className="space-y-3">
      {facts && (
        <ConnectFields
          tool={facts}
          onConnect={answers => {
            onClose()
            void connect({ ...inputFor(row), practice: false, answers })
          }}
          onCancel={onClose}
        />
      )}
    </Dialog>
  )
}

function Rename({ row, onClose }: { row: ConnectionRow; onClose: () => void }) {
  const { name: tool } = useConnector(row.connector)
  const siblings = (useConnections(row.appId).data ?? []).filter(({ id, connector }) => id !== row.id && connector === row.connector)
  const [name, setName] = useState(row.name)
  const rename = useAct(() => client.connections.rename({ connectionId: row.id, name: name.trim() }), {
    quiet: true,
    refresh: [keys.connections(row.appId)],
    done: onClose,
  })
  const problem = nameProblem(
    name,
    tool,
    siblings.map(each => each.name),
  )
  return (
    <Dialog open onClose={onClose} title={`Rename ${row.name}`}>
      <form
        className="mt-3 space-y-3"
        onSubmit={event => {
          event.preventDefault()
          if (!problem) rename.mutate()
        }}
      >
        <Field label="Name" error={problem} hint="Steps of a flow can choose an account by its name.">
          {ids => (
            <Input
              {...ids}
              autoFocus
              maxLength={60}
              bad={problem !== null}
              value={name}
              onFocus={event => event.target.select()}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        {rename.error && <ErrorNote error={rename.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={rename.isPending} disabled={problem !== null}>
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Asks first and names what will stop; then says whether the provider has taken note, and where to look when it has not. */
function Disconnect({ row, onClose }: { row: ConnectionRow; onClose: () => void }) {
  const titleOf = useTitleOf(row.appId)
  const { name } = useConnector(row.connector)
  const disconnect = useAct(() => client.connections.disconnect({ connectionId: row.id }), {
    quiet: true,
    refresh: [keys.connections(row.appId)],
    done: ({ revoked, message }) => {
      if (!revoked && !row.practice) return
      toast.say(message)
      onClose()
    },
  })
  const { data: done } = disconnect
  if (done)
    return (
      <Dialog open onClose={onClose} title={`${row.name} is disconnected`} description={done.message}>
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          {done.accountPageUrl && (
            <a href={done.accountPageUrl} target="_blank" rel="noopener noreferrer" className={buttonClass('primary')}>
              Open the account page
            </a>
          )}
        </DialogActions>
      </Dialog>
    )
  const { usedBy } = row
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Disconnect ${row.name} from ${name}?`}
      text={
        usedBy.length > 0
          ? `${usedByWords(usedBy, ' and ')} ${usedBy.length === 1 ? 'stops' : 'stop'} until you connect an account again.`
          : 'Nothing in this app uses it.'
      }
      confirm="Disconnect"
      busy={disconnect.isPending}
      error={disconnect.error}
      onConfirm={() => disconnect.mutate()}
    >
      {usedBy.length > 0 && (
        <ul aria-label="What stops" className="mt-3 flex max-h-40 flex-wrap gap-2 overflow-auto">
          {usedBy.map(use => (
            <li key={use.kind + use.name}>
              <Chip tone="line" icon={<UseIcon kind={use.kind} />}>
                {titleOf(use)}
              </Chip>
            </li>
          ))}
        </ul>
      )}
    </ConfirmDialog>
  )
}
