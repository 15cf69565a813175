import { Ellipsis, FlaskConical, Pencil, RefreshCw, Star, Trash2, Unplug } from 'lucide-react'
import type { ConnectionRow } from '../app-data.ts'
import { keys, useConnections, useConnector } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { go, hrefOf } from '../routes.ts'
import { Button, buttonClass, IconButton } from '../ui/button.tsx'
import { Chip, StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { cx } from '../ui/cx.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { askForVault } from '../vault/vault-gate.ts'
import { attemptKey, cancelAttempt, connect, useAttempts } from './attempts.ts'
import { UnderWay } from './connect-buttons.tsx'
import type { ConnectionAsk } from './connection-dialogs.tsx'
import { openPractice } from './practice.ts'
import { Avatar } from './avatar.tsx'
import { reasonOf, usedByWords } from './connection-words.ts'

export const connectionGrid =
  'grid grid-cols-[32px_minmax(0,1fr)_124px_124px] items-center gap-x-3 pr-3 pl-4 @[860px]:gap-x-4 @[860px]:grid-cols-[32px_minmax(180px,1.4fr)_144px_minmax(120px,1fr)_96px_196px]'

export function ConnectionLine({ appId, row, onAsk }: { appId: string; row: ConnectionRow; onAsk: (ask: ConnectionAsk) => void }) {
  const { name, icon } = useConnector(row.connector)
  const input = { appId, connector: row.connector, mode: row.mode, scopes: row.scopesGranted, practice: row.practice, connectionId: row.id }
  const key = attemptKey(input)
  const attempt = useAttempts(({ attempts }) => attempts[key])
  const reason = reasonOf(row)
  const hasSiblings = (useConnections(appId).data ?? []).filter(({ connector }) => connector === row.connector).length > 1
  const needsYou = row.state === 'needs_reconnect' || row.state === 'revoked'
  return (
    <li
      className={cx(
        connectionGrid,
        'min-h-16 border-b border-line py-3 last:border-0',
        needsYou ? 'bg-[color-mix(in_srgb,var(--bad-soft)_45%,transparent)]' : 'hover:bg-hover',
      )}
    >
      <ConnectorIcon icon={icon} name={name} />
      <span className="min-w-0">
        <span className="flex items-center gap-1.5 text-13 font-medium">
          <span className="truncate">{row.name}</span>
          {row.isDefault && hasSiblings && <Chip className="h-4! px-1! text-11!">Default</Chip>}
        </span>
        <span className="flex items-center gap-1.5 text-12 text-ink-3">
          {row.practice ? <FlaskConical className="i-14 text-trial-text" /> : <Avatar label={row.account?.label ?? row.name} />}
          <span className="truncate">
            {[row.account?.label, row.practice && 'practice account on this computer'].filter(Boolean).join(' · ') || 'No account yet'}
          </span>
        </span>
      </span>
      <span>
        <StateChip state={row.state} practice={row.practice} />
      </span>
      <span className="hidden truncate text-13 text-ink-2 @[860px]:block">{usedByWords(row.usedBy)}</span>
      <span className="hidden text-right text-13 text-ink-3 @[860px]:block">
        {row.lastUsedAt ? <RelativeTime at={row.lastUsedAt} /> : 'Never'}
      </span>
      <span className="flex justify-end gap-1">
        <MainAction appId={appId} row={row} onReconnect={() => void connect(input)} />
        <MoreActions appId={appId} row={row} onAsk={onAsk} onReconnect={() => void connect(input)} />
      </span>
      {reason && <span className={cx('col-[2/-1] mt-1.5 text-12', needsYou ? 'text-bad-text' : 'text-warn-text')}>{reason}</span>}
      {attempt && (
        <span className="col-[2/-1] mt-2 block max-w-130">
          {attempt.error ? (
            <ErrorNote error={attempt.error} onRetry={() => void connect(attempt.input)} />
          ) : (
            <UnderWay attempt={attempt} name={name} onCancel={() => cancelAttempt(key)} />
          )}
        </span>
      )}
    </li>
  )
}

function MainAction({ appId, row, onReconnect }: { appId: string; row: ConnectionRow; onReconnect: () => void }) {
  if (row.state === 'locked')
    return (
      <Button size="sm" kind="primary" onClick={() => void askForVault()}>
        Unlock
      </Button>
    )
  if (row.state === 'needs_reconnect' || row.state === 'revoked')
    return (
      <Button size="sm" kind="primary" onClick={onReconnect}>
        Reconnect
      </Button>
    )
  if (row.state === 'disconnected')
    return (
      <Button size="sm" onClick={onReconnect}>
        Connect again
      </Button>
    )
  return (
    <a href={hrefOf({ app: appId, screen: 'integrations', path: ['mine', row.id] })} className={buttonClass('secondary', 'sm')}>
      View access
    </a>
  )
}

function MoreActions({
  appId,
  row,
  onAsk,
  onReconnect,
}: {
  appId: string
  row: ConnectionRow
  onAsk: (ask: ConnectionAsk) => void
  onReconnect: () => void
}) {
  const { name, facts } = useConnector(row.connector)
  const refresh = [keys.connections(appId)]
  const setDefault = useAct(() => client.connections.setDefault({ connectionId: row.id }), { refresh })
  const forget = useAct(() => client.connections.forget({ connectionId: row.id }), { refresh })
  const isOff = row.state === 'disconnected'
  return (
    <Menu
      label={`Actions for ${row.name}`}
      trigger={
        <IconButton label={`More actions for ${row.name}`} size="sm">
          <Ellipsis />
        </IconButton>
      }
    >
      {row.practice && !isOff && (
        <MenuItem icon={<FlaskConical />} onSelect={() => void openPractice(appId, row.connector)}>
          Open practice {name}
        </MenuItem>
      )}
      {row.practice && facts && facts.missing === null && (
        <MenuItem
          icon={<RefreshCw />}
          onSelect={() =>
            void connect({
              appId,
              connector: row.connector,
              mode: row.mode,
              scopes: row.scopesGranted,
              connectionId: row.id,
              practice: false,
            })
          }
        >
          Use a real account
        </MenuItem>
      )}
      {!isOff && !row.practice && (
        <MenuItem icon={<RefreshCw />} onSelect={onReconnect}>
          Switch account
        </MenuItem>
      )}
      <MenuItem icon={<Pencil />} onSelect={() => onAsk({ kind: 'rename', row })}>
        Rename
      </MenuItem>
      {!row.isDefault && !isOff && (
        <MenuItem icon={<Star />} onSelect={() => setDefault.mutate()}>
          Make default
        </MenuItem>
      )}
      <MenuSeparator />
      {isOff ? (
        <MenuItem danger icon={<Trash2 />} onSelect={() => forget.mutate()}>
          Remove from the list
        </MenuItem>
      ) : (
        <MenuItem
          danger
          icon={<Unplug />}
          onSelect={() => {
            go({ app: appId, screen: 'integrations', path: ['mine'] })
            onAsk({ kind: 'disconnect', row })
          }}
        >
          Disconnect…
        </MenuItem>
      )}
    </Menu>
  )
}
