import { FlaskConical } from 'lucide-react'
import { useConnections, useConnector, type ConnectionRow } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { Chip, StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { cx } from '../ui/cx.ts'
import { RelativeTime } from '../ui/relative-time.tsx'
import { askForVault } from '../vault/vault-gate.ts'
import { attemptKey, connect, inputFor, useAttempts } from './attempts.ts'
import { Avatar } from './avatar.tsx'
import type { ConnectionAsk } from './connection-dialogs.tsx'
import { ConnectionMenu } from './connection-menu.tsx'
import { accountWords, hasOwnName, isBroken } from './connection-words.ts'
import { CustodyLine } from './custody-line.tsx'
import { Reason } from './reason.tsx'
import { SignInStatus } from './sign-in-status.tsx'
import { UsedBy } from './used-by.tsx'

/** Icon, account and actions; state, use and time stand below where the list is narrow, between them where it is wide. */
export const connectionGrid =
  'grid grid-cols-[32px_minmax(0,1fr)_auto] items-center gap-x-3 pr-3 pl-4 @[860px]:grid-cols-[32px_minmax(180px,1.4fr)_144px_minmax(120px,1fr)_96px_148px] @[860px]:gap-x-4'

type LineProps = { row: ConnectionRow; showMode?: boolean; onAsk: (ask: ConnectionAsk) => void }

/** One account of the app. `showMode`: say whether it is shared, where no heading does. */
export function ConnectionLine({ row, showMode, onAsk }: LineProps) {
  const { name, icon } = useConnector(row.connector)
  const attempt = useAttempts(({ attempts }) => attempts[attemptKey(inputFor(row))])
  const siblings = (useConnections(row.appId).data ?? []).filter(({ connector }) => connector === row.connector)
  return (
    <li
      data-row={row.id}
      className={cx(
        connectionGrid,
        'min-h-16 border-b border-line py-3 last:border-0',
        isBroken(row.state) ? 'bg-[color-mix(in_srgb,var(--bad-soft)_45%,transparent)]' : 'hover:bg-hover',
      )}
    >
      <ConnectorIcon icon={icon} name={name} />
      <span className="min-w-0">
        <span className="flex items-center gap-1.5 text-13">
          <span className="flex-none font-medium">{name}</span>
          {hasOwnName(row) && (
            <span className="truncate text-ink-2" title={row.name}>
              {row.name}
            </span>
          )}
          {row.isDefault && siblings.length > 1 && <Chip className="h-4! px-1! text-11!">Default</Chip>}
          {showMode && (
            <Chip tone="line" className="h-4! px-1! text-11!">
              {row.mode === 'shared' ? 'Shared' : 'App users'}
            </Chip>
          )}
        </span>
        <span className="flex items-center gap-1.5 text-12 text-ink-3">
          {row.practice ? <FlaskConical className="i-14 text-trial-text" /> : <Avatar label={row.account?.label ?? row.name} />}
          <span className="truncate" title={accountWords(row)}>
            {accountWords(row)}
          </span>
        </span>
      </span>
      <span className="col-[2/-1] row-start-2 mt-1.5 flex min-w-0 flex-wrap items-center gap-x-3 @[860px]:contents">
        <span>
          <StateChip state={row.state} practice={row.practice} />
        </span>
        <span className="min-w-0">
          <UsedBy row={row} />
        </span>
        <span className={cx('text-13 text-ink-3 @[860px]:block @[860px]:text-right', !row.lastUsedAt && 'hidden')}>
          {row.lastUsedAt ? <RelativeTime at={row.lastUsedAt} /> : 'Never'}
        </span>
      </span>
      <span className="col-start-3 row-start-1 flex justify-end gap-1 @[860px]:col-start-6">
        <MainAction row={row} />
        <ConnectionMenu row={row} onAsk={onAsk} />
      </span>
      <Reason row={row} className="col-[2/-1] mt-1.5" />
      <CustodyLine row={row} className="col-[2/-1] mt-1" />
      {attempt && (
        <div className="col-[2/-1] mt-2 max-w-130">
          <SignInStatus attempt={attempt} />
        </div>
      )}
    </li>
  )
}

function MainAction({ row }: { row: ConnectionRow }) {
  switch (row.state) {
    case 'locked':
      return (
        <Button size="sm" kind="primary" onClick={() => void askForVault()}>
          Unlock
        </Button>
      )
    case 'needs_reconnect':
      return (
        <Button size="sm" kind="primary" onClick={() => void connect(inputFor(row))}>
          Reconnect
        </Button>
      )
    case 'disconnected':
      return (
        <Button size="sm" onClick={() => void connect(inputFor(row))}>
          Reconnect
        </Button>
      )
    default:
      return (
        <a href={hrefOf({ app: row.appId, screen: 'integrations', path: ['mine', row.id] })} className={buttonClass('secondary', 'sm')}>
          View access
        </a>
      )
  }
}
