import { ArrowLeftRight, Ellipsis, FlaskConical, Pencil, Plug, Star, Trash2, Unplug } from 'lucide-react'
import { keys, useConnector, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { toast } from '../ui/toast.tsx'
import { connect, inputFor } from './attempts.ts'
import { CustodyItem } from './custody-line.tsx'
import { isLent, otherPlace } from './custody-words.ts'
import type { ConnectionAsk } from './connection-dialogs.tsx'
import { openPractice } from './practice.ts'

/** “More actions” of an account. */
export function ConnectionMenu({ row, onAsk }: { row: ConnectionRow; onAsk: (ask: ConnectionAsk) => void }) {
  const { name, facts } = useConnector(row.connector)
  const refresh = [keys.connections(row.appId)]
  const setDefault = useAct(() => client.connections.setDefault({ connectionId: row.id }), {
    refresh,
    done: () => toast.say(`${row.name} is the default account of ${name} now.`),
  })
  const forget = useAct(() => client.connections.forget({ connectionId: row.id }), { refresh })
  const isOff = row.state === 'disconnected'
  const lent = isLent(row)
  if (lent && row.isDefault && !row.practice && otherPlace(row) === null) return null
  return (
    <Menu
      label={`Actions for ${row.name}`}
      trigger={
        <IconButton label={`More actions for ${row.name}`} size="sm" data-keeps-focus>
          <Ellipsis />
        </IconButton>
      }
    >
      {row.practice && !isOff && !lent && (
        <MenuItem icon={<FlaskConical />} onSelect={() => void openPractice(row.appId, row.connector)}>
          Open practice {name}
        </MenuItem>
      )}
      {row.practice && facts?.missing === null && (
        <MenuItem
          icon={<Plug />}
          onSelect={() => (facts.fields.length > 0 ? onAsk({ kind: 'real', row }) : void connect({ ...inputFor(row), practice: false }))}
        >
          Use a real account
        </MenuItem>
      )}
      {!isOff && !lent && (
        <MenuItem icon={<ArrowLeftRight />} onSelect={() => void connect(inputFor(row))}>
          Switch account
        </MenuItem>
      )}
      {!lent && (
        <MenuItem icon={<Pencil />} onSelect={() => onAsk({ kind: 'rename', row })}>
          Rename
        </MenuItem>
      )}
      {!row.isDefault && !isOff && (
        <MenuItem icon={<Star />} onSelect={() => setDefault.mutate()}>
          Make default
        </MenuItem>
      )}
      <CustodyItem row={row} />
      {!lent && <MenuSeparator />}
      {lent ? null : isOff ? (
        <MenuItem danger icon={<Trash2 />} onSelect={() => forget.mutate()}>
          Remove from the list
        </MenuItem>
      ) : (
        <MenuItem danger icon={<Unplug />} onSelect={() => onAsk({ kind: 'disconnect', row })}>
          Disconnect…
        </MenuItem>
      )}
    </Menu>
  )
}
