import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Kbd } from './kbd.tsx'

/** `trigger` is one element that takes a ref, such as a Button. */
export function Menu({
  trigger,
  align = 'end',
  label,
  children,
}: {
  trigger: ReactNode
  align?: 'start' | 'end'
  label?: string
  children: ReactNode
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-40 max-h-100 min-w-46 overflow-auto rounded-3 bg-raised p-1 shadow-float opens"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const item =
  'flex h-7 w-full items-center gap-2 rounded-2 px-2 text-13 whitespace-nowrap outline-none select-none data-[highlighted]:bg-pressed data-[disabled]:opacity-50'

type ItemProps = { icon?: ReactNode; keys?: string; danger?: boolean; checked?: boolean } & Omit<
  ComponentProps<typeof Radix.Item>,
  'className'
>

export function MenuItem({ icon, keys, danger, checked, children, ...rest }: ItemProps) {
  return (
    <Radix.Item {...rest} className={cx(item, danger ? 'text-bad-text' : '[&_svg]:text-ink-3')}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked && <Check className="i-14" aria-label="Chosen" />}
      {keys && <Kbd>{keys}</Kbd>}
    </Radix.Item>
  )
}

/** A menu item that is a link. */
export function MenuLink({ icon, checked, href, children }: { icon?: ReactNode; checked?: boolean; href: string; children: ReactNode }) {
  return (
    <Radix.Item asChild>
      <a href={href} aria-current={checked || undefined} className={cx(item, '[&_svg]:text-ink-3')}>
        {icon}
        <span className="min-w-0 flex-1 truncate">{children}</span>
        {checked && <Check className="i-14" />}
      </a>
    </Radix.Item>
  )
}

export const MenuSeparator = () => <Radix.Separator className="my-1 h-px bg-line" />
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="flex h-6 items-center px-2 text-12 text-ink-3">{children}</Radix.Label>
)
