import { Laptop, Server } from 'lucide-react'
import { keys, useRelay, type ConnectionRow } from '../app-data.ts'
import { client } from '../client.ts'
import { useAct } from '../query.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { MenuItem } from '../ui/menu.tsx'
import { Spinner } from '../ui/progress.tsx'
import { otherPlace, placeWords } from './custody-words.ts'

/** Where the token of an account lives, why it is not where it should be, and the choice between two accounts. */
export function CustodyLine({ row, className }: { row: ConnectionRow; className?: string }) {
  const relay = useRelay()
  const { custody } = row
  const words = placeWords(row, relay ? `the ${relay.name} relay` : 'the relay')
  if (!custody || !words) return null
  const isMoving = custody.state === 'moving' || custody.state !== custody.want
  return (
    <div className={cx('text-12', className)}>
      <p className="flex items-center gap-1.5 text-ink-3">
        {custody.state === 'choose' ? null : isMoving && !custody.problem ? (
          <Spinner className="size-3" />
        ) : custody.state === 'relay' ? (
          <Server className="i-12" />
        ) : (
          <Laptop className="i-12" />
        )}
        {words}
      </p>
      {custody.problem && <p className="mt-0.5 text-pretty text-warn-text">{custody.problem}</p>}
      {custody.state === 'choose' && <Choice row={row} other={custody.otherAccount?.label ?? 'the other account'} />}
    </div>
  )
}

function Choice({ row, other }: { row: ConnectionRow; other: string }) {
  const keep = useAct((place: 'here' | 'relay') => client.connections.keepAccount({ connectionId: row.id, place }), {
    refresh: [keys.connections(row.appId)],
  })
  const mine = row.account?.label ?? row.name
  return (
    <p className="mt-1.5 flex flex-wrap gap-2">
      <Button size="sm" busy={keep.isPending && keep.variables === 'here'} onClick={() => keep.mutate('here')}>
        Keep {mine}
      </Button>
      <Button size="sm" busy={keep.isPending && keep.variables === 'relay'} onClick={() => keep.mutate('relay')}>
        Use {other}
      </Button>
    </p>
  )
}

/** Gives a shared account to the relay, or takes it back. Nothing without a relay, and for accounts that are off. */
export function CustodyItem({ row }: { row: ConnectionRow }) {
  const relay = useRelay()
  const place = otherPlace(row)
  const move = useAct(() => client.connections.moveTo({ connectionId: row.id, place: place ?? 'here' }), {
    refresh: [keys.connections(row.appId)],
  })
  if (!relay || row.mode !== 'shared' || row.state === 'disconnected' || place === null) return null
  return place === 'here' ? (
    <MenuItem icon={<Laptop />} onSelect={() => move.mutate()}>
      Take back to this computer
    </MenuItem>
  ) : (
    <MenuItem icon={<Server />} onSelect={() => move.mutate()}>
      Give to the {relay.name} relay
    </MenuItem>
  )
}
