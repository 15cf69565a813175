import { useEffect } from 'react'
import type { PublishedSite } from '../../core/contract/published.ts'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Toasts } from '../ui/toast.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { Button } from '../ui/button.tsx'
import { EntryCard } from './entry-card.tsx'
import { Entry, SignIn } from './entry.tsx'
import { Shell } from './shell.tsx'
import { api, goOnToNext, useAnotherUser, useLiveChanges, useLocation, useSite } from './world.ts'

/** A published app: for whom it is, then its pages. */
export function App() {
  const { data: site, error, refetch } = useSite()
  useLiveChanges(site?.admitted === true)
  return (
    <TooltipProvider>
      {site ? <Admitted site={site} /> : error ? <ErrorScreen error={error} onRetry={() => void refetch()} /> : <Skeleton rows={5} />}
      <Toasts />
    </TooltipProvider>
  )
}

function Admitted({ site }: { site: PublishedSite }) {
  const at = useLocation()
  useEffect(() => {
    if (at.screen !== 'page' || !site.admitted) document.title = site.name
  }, [at, site])
  useEffect(() => {
    if (site.user) goOnToNext()
  }, [site.user])
  if (at.screen !== 'page') return <Entry site={site} at={at} />
  if (site.admitted) return <Shell site={site} at={at} />
  if (site.user) return <NotForYou site={site} email={site.user.email} />
  return <SignIn site={site} next={at.page === null ? '' : [at.page, ...(at.open ? [at.open.entity, at.open.record] : [])].join('/')} />
}

function NotForYou({ site, email }: { site: PublishedSite; email: string }) {
  const become = useAnotherUser()
  return (
    <EntryCard
      app={site.name}
      title="This app is not open to you"
      text={`You are signed in as ${email}. Ask the people of ${site.workspace} to let you in.`}
    >
      <Button size="lg" wide className="mt-5" onClick={() => void api.auth.signOut().then(() => become(''))}>
        Sign out
      </Button>
    </EntryCard>
  )
}
