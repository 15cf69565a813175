import { CalendarDays, CircleUser, FileText, List, Puzzle, SearchX, Users } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import type { Page } from '../../core/app/page.ts'
import type { PublishedSite } from '../../core/contract/published.ts'
import { PagesProvider } from '../pages/api.ts'
import { PageView } from '../pages/page-view.tsx'
import { buttonClass } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { onErrorAction } from '../ui/error-action.ts'
import { AccountMenu } from './account-menu.tsx'
import { AppTile } from './app-tile.tsx'
import { hrefOf, type Location } from './place.ts'
import { base, goTo, screenHref, signInHref, usePagesWorld } from './world.ts'

const icons: Record<string, ReactNode> = {
  list: <List />,
  people: <Users />,
  calendar: <CalendarDays />,
  account: <CircleUser />,
  text: <FileText />,
}

/** An app as people use it: its name, its pages, and who they are. */
export function Shell({ site, at }: { site: PublishedSite; at: Extract<Location, { screen: 'page' }> }) {
  // The relay has read them from their files by their schema.
  const pages = site.pages as unknown as Page[]
  const page = at.page === null ? pages[0] : pages.find(({ name }) => name === at.page)
  const world = usePagesWorld(site)
  useEffect(() => {
    document.title = page && page.title !== site.name ? `${page.title} · ${site.name}` : site.name
  }, [page, site.name])
  useEffect(() => {
    // An account that is missing is connected on the page that asks for it.
    onErrorAction(action => {
      const place = pages.find(({ blocks }) => blocks.some(block => block.type === 'connect-account'))
      if ((action.kind === 'connect' || action.kind === 'reconnect') && place) goTo(hrefOf(base, { page: place.name }))
    })
  }, [pages])
  return (
    <PagesProvider value={world}>
      <div className="flex h-full flex-col">
        <button
          type="button"
          onClick={() => document.getElementById('content')?.focus()}
          className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-2"
        >
          Skip to the content
        </button>
        <header className="flex h-14 flex-none items-center gap-2 border-b border-line bg-surface px-4 min-[720px]:px-6">
          <a href={base} className="flex min-w-0 items-center gap-2 rounded-1">
            <AppTile name={site.name} />
            <b className="truncate text-14 font-semibold">{site.name}</b>
          </a>
          {pages.length > 1 && (
            <nav aria-label="Pages" className="ml-3 hidden min-w-0 items-center gap-1 overflow-x-auto p-1 min-[720px]:flex">
              {pages.map(each => (
                <a
                  key={each.name}
                  href={hrefOf(base, { page: each.name })}
                  aria-current={each === page ? 'page' : undefined}
                  className="flex h-7 flex-none items-center rounded-2 px-2 text-13 font-medium text-ink-2 hover:bg-hover hover:text-ink aria-[current]:bg-pressed aria-[current]:text-ink"
                >
                  {each.title}
                </a>
              ))}
            </nav>
          )}
          <span className="flex-1" />
          {site.user ? (
            <AccountMenu user={site.user} />
          ) : (
            <>
              <a href={signInHref()} className={buttonClass('ghost')}>
                Sign in
              </a>
              {site.visibility === 'public' && (
                <a href={screenHref('sign-up')} className={buttonClass('secondary', 'md', 'max-[400px]:hidden')}>
                  Sign up
                </a>
              )}
            </>
          )}
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4 -outline-offset-2! min-[720px]:p-6"
        >
          {!page && <h1 className="sr-only">{site.name}</h1>}
          {page ? (
            <PageView key={page.name} page={page} open={at.open} />
          ) : pages.length === 0 ? (
            <EmptyState
              icon={<Puzzle className="i-20" />}
              title="This app has no pages yet"
              text="They will be here once whoever builds it has published some."
            />
          ) : (
            <EmptyState
              icon={<SearchX className="i-20" />}
              title="There is no such page"
              text="It may have been renamed or taken away."
              actions={
                <a href={base} className={buttonClass('primary')}>
                  Go to {pages[0]?.title}
                </a>
              }
            />
          )}
        </main>
        {pages.length > 1 && (
          <nav
            aria-label="Pages"
            className="flex flex-none border-t border-line bg-surface px-2 pt-1 pb-[max(4px,env(safe-area-inset-bottom))] min-[720px]:hidden"
          >
            {pages.map(each => (
              <a
                key={each.name}
                href={hrefOf(base, { page: each.name })}
                aria-current={each === page ? 'page' : undefined}
                className={cx(
                  'flex h-12 min-w-16 flex-1 flex-col items-center justify-center gap-0.5 rounded-2 text-11 text-ink-3 aria-[current]:text-accent-text',
                  pages.length > 5 && 'flex-none px-2',
                )}
              >
                {icons[each.icon ?? ''] ?? <FileText />}
                <span className="max-w-full truncate px-1">{each.title}</span>
              </a>
            ))}
          </nav>
        )}
      </div>
    </PagesProvider>
  )
}
