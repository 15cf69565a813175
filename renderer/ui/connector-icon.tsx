import { createElement, useId } from 'react'
import { brandIcons, type IconNode } from './brand-icons.ts'
import { cx } from './cx.ts'

const tiles = {
  20: 'size-5 rounded-[5px] text-[9px] [&_svg]:size-3.25',
  24: 'size-6 rounded-[6px] text-[10px] [&_svg]:size-4',
  32: 'size-8 rounded-[8px] text-13 [&_svg]:size-5',
  48: 'size-12 rounded-[12px] text-[19px] [&_svg]:size-7',
}

/** The brand icon of a tool on a tile. `icon` is the connector's icon name; an unknown one shows the first letter of `name`. */
export function ConnectorIcon({ icon, name, size = 32 }: { icon: string; name: string; size?: keyof typeof tiles }) {
  const prefix = useId()
  const drawing = brandIcons[icon]
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
        name.slice(0, 1).toUpperCase()
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
