import { createElement, useId, useSyncExternalStore } from 'react'
import type { brandIcons, IconNode } from './brand-icons.ts'
import { cx } from './cx.ts'

/** The drawings of sixty tools weigh as much as a screen: they come beside the page's first code, not within it. */
let drawings: typeof brandIcons | null = null
const followers = new Set<() => void>()
void import('./brand-icons.ts').then(({ brandIcons }) => {
  drawings = brandIcons
  for (const follower of followers) follower()
})

const useDrawings = () =>
  useSyncExternalStore(
    follower => {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    () => drawings,
  )

const tiles = {
  20: 'size-5 rounded-[5px] text-[9px] [&_svg]:size-3.25',
  24: 'size-6 rounded-[6px] text-[10px] [&_svg]:size-4',
  32: 'size-8 rounded-[8px] text-13 [&_svg]:size-5',
  48: 'size-12 rounded-[12px] text-[19px] [&_svg]:size-7',
}

/** The brand icon of a tool on a tile. `icon` is the connector's icon name; an unknown one shows the first letter of `name`. */
export function ConnectorIcon({ icon, name, size = 32 }: { icon: string; name: string; size?: keyof typeof tiles }) {
  const prefix = useId()
  const all = useDrawings()
  const drawing = all?.[icon]
  return (
    <span
      aria-hidden
      className={cx('inline-grid flex-none place-items-center bg-[light-dark(#f0f0f4,#2a2a32)] font-bold text-ink-2', tiles[size])}
    >
      {drawing ? (
        <svg
          viewBox={drawing.viewBox}
          preserveAspectRatio="xMidYMid"
          className={cx(drawing.mono && 'text-[light-dark(#18181d,#ededf2)]')}
          style={drawing.colour ? { color: drawing.colour } : undefined}
        >
          {drawing.nodes.map((node, index) => draw(node, String(index), prefix))}
        </svg>
      ) : (
        all && name.slice(0, 1).toUpperCase()
      )}
    </span>
  )
}

/** Ids are made unique to this drawing: two gradients of one name would paint each other's shapes. */
function draw([tag, attributes, children]: IconNode, key: string, prefix: string): React.ReactNode {
  const props = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name === 'id' ? prefix + value : value.replace(/url\(#([^)]+)\)/g, `url(#${prefix}$1)`).replace(/^#(SVG.+)$/, `#${prefix}$1`),
    ]),
  )
  return createElement(tag, { ...props, key }, ...children.map((child, index) => draw(child, String(index), prefix)))
}
