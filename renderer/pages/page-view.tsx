import { Puzzle } from 'lucide-react'
import type { Entity } from '../../core/app/entity.ts'
import type { Block, DetailBlock, FormBlock, Page } from '../../core/app/page.ts'
import { cx } from '../ui/cx.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { usePages } from './api.ts'
import { ConnectBlock } from './connect-block.tsx'
import { RecordSheet } from './record-sheet.tsx'
import { NewButton } from './new-button.tsx'
import { OpenForm } from './open-form.tsx'
import { TableBlock } from './table-block.tsx'

type Props = {
  page: Page
  /** What is open on it: a record by its id, or `new`. */
  open: { entity: string; record: string } | null
}

/** A page: its title, its blocks one below the other, and what is open on it in a sheet beside. */
export function PageView({ page, open }: Props) {
  const { entities, go } = usePages()
  const entityOf = (name: string) => entities.find(each => each.name === name)
  const close = () => go({ page: page.name })
  const sheet = open && sheetOf(page, open, entityOf(open.entity))
  const forms = page.blocks.filter((block): block is FormBlock => block.type === 'form' && block.place === 'button')
  const views = page.blocks.map((block, at) => ({
    isDrawn: block.type !== 'detail' && !(block.type === 'form' && block.place === 'button'),
    isBeside: block.type === 'connect-account',
    // oxlint-disable-next-line react/no-array-index-key -- blocks have no name of their own: their place is what they are
    view: <BlockView key={at} page={page} block={block} entityOf={entityOf} />,
  }))
  // Where there is room, accounts stand beside what they are for.
  const beside = views.flatMap(({ isBeside, view }) => (isBeside ? [view] : []))
  const rest = views.flatMap(({ isBeside, isDrawn, view }) => (isBeside || !isDrawn ? [] : [view]))
  return (
    <>
      <header className="flex flex-wrap items-center gap-2">
        <h1 className="min-w-0 flex-1 text-20 font-semibold wrap-anywhere">{page.title}</h1>
        {forms.map(({ entity: name, title }, at) => {
          const entity = entityOf(name)
          return entity && <NewButton key={name} page={page.name} entity={entity} title={title} primary={at === 0} />
        })}
      </header>
      {page.blocks.length === 0 && (
        <EmptyState
          icon={<Puzzle className="i-20" />}
          title="Nothing is on this page yet"
          text="Whoever builds this app adds blocks to it."
        />
      )}
      {beside.length > 0 && rest.length > 0 ? (
        <div className="flex min-h-0 flex-1 flex-col gap-4 min-[960px]:flex-row">
          <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-4">{rest}</div>
          <div
            className={cx(
              'flex flex-none flex-col gap-4 min-[960px]:w-80',
              page.blocks[0]?.type === 'connect-account' && 'max-[960px]:order-first',
            )}
          >
            {beside}
          </div>
        </div>
      ) : (
        [...rest, ...beside]
      )}
      {sheet && open && (
        <RecordSheet
          key={`${open.entity} ${open.record}`}
          entity={sheet.entity}
          fields={sheet.fields}
          id={sheet.isNew ? null : open.record}
          onClose={close}
        />
      )}
    </>
  )
}

function BlockView({ page, block, entityOf }: { page: Page; block: Block; entityOf: (name: string) => Entity | undefined }) {
  switch (block.type) {
    case 'text':
      return <Text title={block.title} text={block.text} />
    case 'connect-account':
      return <ConnectBlock block={block} />
    case 'detail':
      return null
    case 'table':
    case 'form': {
      const entity = entityOf(block.entity)
      if (!entity) return <Missing entity={block.entity} />
      if (block.type === 'form') return block.place === 'open' ? <OpenForm entity={entity} block={block} /> : null
      const opens = page.blocks.some(({ type, entity: name }) => type === 'detail' && name === block.entity)
      return <TableBlock page={page.name} entity={entity} block={block} opens={opens} />
    }
  }
}

/** What the address asks to be open, where a block of the page shows it. */
function sheetOf(page: Page, { entity: name, record }: { entity: string; record: string }, entity: Entity | undefined) {
  const isNew = record === 'new'
  const block = page.blocks.find(
    (each): each is DetailBlock | FormBlock => each.type === (isNew ? 'form' : 'detail') && 'entity' in each && each.entity === name,
  )
  return block && entity ? { entity, fields: block.fields, isNew } : null
}

function Text({ title, text }: { title: string | undefined; text: string }) {
  return (
    <section className="max-w-[68ch] space-y-3 text-14 text-ink-2">
      {title && <h2 className="text-16 font-semibold text-ink">{title}</h2>}
      {text.split(/\n\s*\n/).map((paragraph, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- a paragraph is its place
        <p key={at} className="whitespace-pre-wrap wrap-anywhere">
          {paragraph}
        </p>
      ))}
    </section>
  )
}

const Missing = ({ entity }: { entity: string }) => (
  <p className="rounded-2 border border-dashed border-line-2 p-4 text-13 text-ink-2">{`This part shows ${entity}, which the app does not have any more.`}</p>
)
