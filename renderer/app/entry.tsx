import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PublishedSite } from '../../core/contract/published.ts'
import { buttonClass } from '../ui/button.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { EntryCard, EntryForm, entryLink, type EntryField } from './entry-card.tsx'
import type { Location } from './place.ts'
import { api, base, rememberNext, screenHref, useAnotherUser } from './world.ts'

type Own = Exclude<Location, { screen: 'page' }>

const email: EntryField = { name: 'email', label: 'E-mail', type: 'email', autoComplete: 'username' }
const password: EntryField = { name: 'password', label: 'Password', type: 'password', autoComplete: 'current-password' }
const newPassword: EntryField = {
  name: 'password',
  label: 'Password',
  type: 'password',
  autoComplete: 'new-password',
  hint: '10 characters or more.',
}
const name: EntryField = { name: 'name', label: 'Your name', autoComplete: 'name' }

/** The screens on which people come in. */
export function Entry({ site, at }: { site: PublishedSite; at: Own }) {
  switch (at.screen) {
    case 'sign-in':
      return <SignIn site={site} next={at.next} />
    case 'sign-up':
      return <SignUp site={site} next={at.next} />
    case 'forgot':
      return <Forgot site={site} />
    case 'ask':
      return <Ask site={site} />
    case 'join':
    case 'reset':
      return <FromLink site={site} screen={at.screen} token={at.token} />
  }
}

/** `next`: where it goes on, a path below the app. */
export function SignIn({ site, next }: { site: PublishedSite; next: string }) {
  const become = useAnotherUser()
  const { name: app, visibility, continueAs } = site
  // Who is signed in on the relay needs one click; the others are most likely no members.
  const memberFirst = continueAs !== null || visibility === 'workspace'
  return (
    <EntryCard app={app} title="Sign in" text={whoMay(site)}>
      {memberFirst && <MemberEntry kind="primary" site={site} next={next} />}
      {visibility === 'workspace' ? null : (
        <>
          {memberFirst && <p className="mt-5 text-center text-12 text-ink-3">or with a password for this app</p>}
          <EntryForm
            fields={[email, password]}
            submit="Sign in"
            isMain={!memberFirst}
            onSubmit={async given => {
              await api.auth.signIn({ email: given['email'] ?? '', password: given['password'] ?? '' })
              await become(next)
            }}
          />
          <p className="mt-4 flex flex-wrap justify-between gap-x-4 gap-y-1 text-13">
            <a href={screenHref('forgot')} className={entryLink}>
              Forgot your password?
            </a>
            {visibility === 'public' && (
              <a href={screenHref('sign-up', next)} className={entryLink}>
                Sign up
              </a>
            )}
            {visibility === 'private' && (
              <a href={screenHref('ask')} className={entryLink}>
                Ask for access
              </a>
            )}
          </p>
        </>
      )}
      {!memberFirst && <MemberEntry kind="secondary" site={site} next={next} />}
      {visibility === 'public' && (
        <p className="mt-4 text-13">
          <a href={base} className={entryLink}>
            Look around without signing in
          </a>
        </p>
      )}
    </EntryCard>
  )
}

/** The way in for members of the workspace, by their session on the relay. */
function MemberEntry({ kind, site, next }: { kind: 'primary' | 'secondary'; site: PublishedSite; next: string }) {
  const { continueAs, memberEntry, workspace } = site
  return (
    <a data-leaves href={memberEntry} onClick={() => rememberNext(next)} className={buttonClass(kind, 'lg', 'mt-5 w-full')}>
      {continueAs ? `Continue as ${continueAs.name}` : `Continue as a member of ${workspace}`}
    </a>
  )
}

function whoMay({ visibility, workspace }: PublishedSite): string {
  switch (visibility) {
    case 'public':
      return 'Anyone may use this app.'
    case 'private':
      return 'This app is for people who were invited.'
    case 'workspace':
      return `This app is for the members of ${workspace}.`
  }
}

function SignUp({ site, next }: { site: PublishedSite; next: string }) {
  const become = useAnotherUser()
  if (site.visibility !== 'public') return <SignIn site={site} next={next} />
  return (
    <EntryCard app={site.name} title="Sign up" text="Your account is for this app alone.">
      <EntryForm
        fields={[name, email, newPassword]}
        submit="Sign up"
        onSubmit={async given => {
          await api.auth.signUp({ name: given['name'] ?? '', email: given['email'] ?? '', password: given['password'] ?? '' })
          await become(next)
        }}
      />
      <p className="mt-4 text-13">
        <a href={screenHref('sign-in', next)} className={entryLink}>
          I have an account
        </a>
      </p>
    </EntryCard>
  )
}

function Forgot({ site }: { site: PublishedSite }) {
  const [asked, setAsked] = useState(false)
  return (
    <EntryCard
      app={site.name}
      title={asked ? 'Request sent' : 'A new password'}
      text={
        asked
          ? `If there is such an account, the people of ${site.workspace} see that you need a new password. They will send you a link.`
          : `Type your e-mail address. The people of ${site.workspace} will send you a link with which you choose a new password.`
      }
    >
      {!asked && (
        <EntryForm
          fields={[email]}
          submit="Ask for a link"
          onSubmit={async given => {
            await api.auth.forgot(given['email'] ?? '')
            setAsked(true)
          }}
        />
      )}
      <BackToSignIn />
    </EntryCard>
  )
}

function Ask({ site }: { site: PublishedSite }) {
  const [asked, setAsked] = useState(false)
  return (
    <EntryCard
      app={site.name}
      title={asked ? 'Request sent' : 'Ask for access'}
      text={asked ? `The people of ${site.workspace} see that you have asked. Once they let you in, they send you a link.` : whoMay(site)}
    >
      {!asked && (
        <EntryForm
          fields={[name, email]}
          submit="Ask for access"
          onSubmit={async given => {
            await api.auth.ask({ name: given['name'] ?? '', email: given['email'] ?? '' })
            setAsked(true)
          }}
        />
      )}
      <BackToSignIn />
    </EntryCard>
  )
}

const BackToSignIn = () => (
  <p className="mt-4 text-13">
    <a href={screenHref('sign-in')} className={entryLink}>
      Back to sign in
    </a>
  </p>
)

/** An invitation, or a new password: whoever runs the app has handed the link over. */
function FromLink({ site, screen, token }: { site: PublishedSite; screen: 'join' | 'reset'; token: string }) {
  const become = useAnotherUser()
  const kind = screen === 'join' ? 'invitation' : 'password'
  const {
    data: link,
    error,
    isPending,
    refetch,
  } = useQuery({ queryKey: ['link', token], queryFn: ({ signal }) => api.auth.link(token, signal) })
  if (error) return <ErrorScreen error={error} onRetry={() => void refetch()} />
  if (isPending) return <Skeleton rows={3} />
  if (!link || link.kind !== kind)
    return (
      <EntryCard
        app={site.name}
        title="This link no longer works"
        text="It was used already, withdrawn, or is too old. Ask for another one."
      >
        <BackToSignIn />
      </EntryCard>
    )
  if (kind === 'invitation')
    return (
      <EntryCard app={site.name} title={`Join ${site.name}`} text={`You are invited as ${link.email}.`}>
        <EntryForm
          fields={[name, newPassword]}
          submit="Join"
          onSubmit={async given => {
            await api.auth.signUp({ name: given['name'] ?? '', email: link.email, password: given['password'] ?? '', invitation: token })
            await become('')
          }}
        />
      </EntryCard>
    )
  return (
    <EntryCard app={site.name} title="Choose a new password" text={`For ${link.email}. You are signed out everywhere else.`}>
      <EntryForm
        fields={[newPassword]}
        submit="Save and sign in"
        onSubmit={async given => {
          await api.auth.reset({ token, password: given['password'] ?? '' })
          await become('')
        }}
      />
    </EntryCard>
  )
}
