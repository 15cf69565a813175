import { Check, ChevronDown, CircleCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Plan } from '../../core/plan.ts'
import { itemsWith } from '../../core/plan-items.ts'
import { useConnector } from '../app-data.ts'
import { cardClass } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { cx } from '../ui/cx.ts'
import { Spinner } from '../ui/progress.tsx'
import { itemWords } from './plan-items.tsx'

/** Accepted, and waiting for an account. */
export function WaitingPlan({ plan, connector }: { plan: Plan; connector: string }) {
  const { name } = useConnector(connector)
  return (
    <article aria-label={`Plan: ${plan.title}`} className={cardClass({ className: 'flex-none' })}>
      <PlanTitle title={plan.title} icon={<Chip tone="accent">Plan</Chip>} />
      <p className="flex min-h-6 items-center gap-2 border-t border-line px-3 py-2 text-13 font-medium">
        <Spinner className="mx-0.5 text-warn-text" /> Waiting for {name}
      </p>
    </article>
  )
}

/** Made: folded, with what it has brought inside. */
export function MadePlan({ plan }: { plan: Plan }) {
  const [open, setOpen] = useState(false)
  const made = itemsWith(plan.items, plan.mode === 'app-user' ? 'app-user' : 'shared').filter(item => !item.exists)
  return (
    <article aria-label={`Plan: ${plan.title}`} className={cardClass({ className: 'flex-none' })}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="block w-full rounded-2 text-left">
        <PlanTitle title={plan.title}>
          <ChevronDown className={cx('i-14 text-ink-3 transition-transform duration-120', open && 'rotate-180')} />
        </PlanTitle>
      </button>
      {open && (
        <ul className="border-t border-line px-3 py-2">
          {made.map(item => (
            <li key={item.kind + item.name} className="flex min-h-6 items-center gap-2 text-13">
              <Check className="i-14 text-ok-text" />
              <span className="min-w-0 flex-1 truncate">{item.title}</span>
              <span className="text-12 text-ink-3">{itemWords[item.kind]}</span>
            </li>
          ))}
        </ul>
      )}
    </article>
  )
}

const PlanTitle = ({
  title,
  icon = <CircleCheck className="text-ok-text" />,
  children,
}: {
  title: string
  icon?: ReactNode
  children?: ReactNode
}) => (
  <span className="flex items-center gap-2 p-3">
    {icon}
    <span className="min-w-0 flex-1 truncate text-13 font-semibold">{title}</span>
    {children}
  </span>
)
