import { Check, FlaskConical, Minus, RefreshCw, TriangleAlert } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import type { ConnectorFacts, ConnectionRow } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { buttonClass } from '../ui/button.tsx'
import { cardClass } from '../ui/card.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { stateWord } from '../ui/state-words.ts'

type CardProps = {
  appId: string
  tool: ConnectorFacts
  /** State of the account in use; null without one. */
  state: ConnectionRow['state'] | null
  isPractice: boolean
}

/** One tool of the grid. Typing in the search draws none of them anew. */
export const ToolCard = memo(function ToolCard({ appId, tool, state, isPractice }: CardProps) {
  return (
    <a
      href={hrefOf({ app: appId, screen: 'integrations', path: ['browse', tool.id] })}
      className={cardClass({ press: true, className: 'group relative flex h-16 items-center gap-3 p-3' })}
    >
      <ConnectorIcon icon={tool.icon} name={tool.name} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className="truncate text-13 font-semibold">{tool.name}</span>
          {tool.practice && (
            <span title="Practice account available" className="flex text-trial-text">
              <FlaskConical className="i-12" />
              <span className="sr-only">Practice account available</span>
            </span>
          )}
          {state && <StateMark state={state} isPractice={isPractice} />}
        </span>
        <span className="block truncate text-12 text-ink-3">{tool.summary}</span>
      </span>
      <span
        aria-hidden
        className={buttonClass('secondary', 'sm', 'absolute! right-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100')}
      >
        Use
      </span>
    </a>
  )
})

function StateMark({ state, isPractice }: { state: ConnectionRow['state']; isPractice: boolean }) {
  const word = isPractice && state === 'connected' ? 'Practice account connected' : stateWord(state)
  const mark = (icon: ReactNode, tone: string) => (
    <span role="img" aria-label={word} title={word} className={`ml-auto flex group-hover:invisible ${tone}`}>
      {icon}
    </span>
  )
  switch (state) {
    case 'connected':
      return mark(<Check className="i-14" />, isPractice ? 'text-trial-text' : 'text-ok-text')
    case 'retrying':
      return mark(<RefreshCw className="i-14" />, 'text-warn-text')
    case 'disconnected':
      return mark(<Minus className="i-14" />, 'text-ink-3')
    default:
      return mark(<TriangleAlert className="i-14" />, 'text-bad-text')
  }
}
