import { ChevronDown, Code, Workflow } from 'lucide-react'
import { useTitleOf, type ConnectionRow } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Menu, MenuLink } from '../ui/menu.tsx'
import { usedByWords } from './connection-words.ts'

type Use = ConnectionRow['usedBy'][number]

/** Where a flow or function is. */
export const hrefOfUse = (appId: string, { kind, name }: Use): string =>
  hrefOf({ app: appId, screen: kind === 'flow' ? 'flows' : 'functions', path: [name] })

export const UseIcon = ({ kind }: Pick<Use, 'kind'>) => (kind === 'flow' ? <Workflow /> : <Code />)

const link =
  'inline-flex min-h-6 max-w-full items-center gap-1.5 rounded-1 text-13 text-ink-2 hover:text-ink [&_svg]:size-3.5 [&_svg]:text-ink-3'

/** What an account is used by: one by its name, more by their number with a list to go to each. */
export function UsedBy({ row }: { row: ConnectionRow }) {
  const { appId, usedBy } = row
  const titleOf = useTitleOf(appId)
  const [first, ...more] = usedBy
  if (!first) return <span className="text-13 text-ink-3">{row.lastUsedAt ? 'Nothing now' : 'Nothing yet'}</span>
  if (more.length === 0)
    return (
      <a href={hrefOfUse(appId, first)} className={`${link} hover:underline hover:underline-offset-2`}>
        <UseIcon kind={first.kind} />
        <span className="truncate">{titleOf(first)}</span>
      </a>
    )
  return (
    <Menu
      align="start"
      label={`What uses ${row.name}`}
      trigger={
        <button type="button" className={link}>
          <span className="truncate">{usedByWords(usedBy)}</span>
          <ChevronDown />
        </button>
      }
    >
      {usedBy.map(use => (
        <MenuLink key={use.kind + use.name} href={hrefOfUse(appId, use)} icon={<UseIcon kind={use.kind} />}>
          {titleOf(use)}
        </MenuLink>
      ))}
    </Menu>
  )
}
