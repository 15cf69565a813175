import { ChevronRight, FilePlus2, FlaskConical, Folder, Lock } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useConnectors, useRelay, useVault } from '../app-data.ts'
import { PromptBox } from '../chat/composer.tsx'
import { Mark } from '../frame/mark.tsx'
import { RelayApps } from '../relay/relay-apps.tsx'
import { hrefOf } from '../routes.ts'
import { Button } from '../ui/button.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { cx } from '../ui/cx.ts'
import { Kbd } from '../ui/kbd.tsx'
import { PanelBody } from '../ui/panel.tsx'
import { Spinner } from '../ui/progress.tsx'
import { usePromptApp, useSampleApp } from './create-app.ts'
import type { Ask } from './app-dialogs.tsx'

const main = 'Post a message to the Slack #support channel when a new ticket is created'
const ideas = [
  { title: 'A daily email of open tasks', prompt: 'Send me a daily email with my to-do list using Gmail.' },
  { title: 'New records into a sheet', prompt: 'Sync new records from this app into a Google Sheets spreadsheet.' },
  { title: 'Tickets to Slack', prompt: `${main}.` },
]

/** The first screen of a new user: one box to type into, and three other ways to begin. */
export function FirstRun({ onAsk }: { onAsk: (ask: Ask) => void }) {
  const [prompt, setPrompt] = useState('')
  const create = usePromptApp()
  const sample = useSampleApp()
  const send = (): void => {
    if (prompt.trim() && !create.isPending) create.mutate(prompt.trim())
  }
  return (
    <PanelBody label="Start" className="flex bg-[radial-gradient(720px_300px_at_50%_18%,light-dark(#f4f3fe,#1a1930),transparent)]">
      <div className="m-auto flex w-full max-w-230 flex-col items-center gap-3 p-6 text-center">
        <Cords />
        <h1 className="text-28 font-semibold">Make an app for your team</h1>
        <p className="max-w-[52ch] text-balance text-ink-2">
          Say what it should do. Plugboard makes the data, the functions and the flows, and connects the tools you use.
        </p>
        <div className="mt-3 w-160 max-w-full text-left">
          <PromptBox label="Describe the app" value={prompt} onChange={setPrompt} onSend={send} placeholder={main} autoFocus tall>
            <span className="px-1 text-12 font-medium text-ink-2">Offline planner</span>
            <span className="flex-1" />
            <Button kind="primary" busy={create.isPending} disabled={!prompt.trim()} onClick={send}>
              Create app <Kbd on="accent">enter</Kbd>
            </Button>
          </PromptBox>
        </div>
        <p className="flex flex-wrap items-center justify-center gap-2 text-12 text-ink-3">
          Or try
          {ideas.map(({ title, prompt: idea }) => (
            <button
              key={title}
              type="button"
              onClick={() => setPrompt(idea)}
              className="inline-flex h-6 items-center rounded-1 px-2 font-medium text-ink-2 inset-ring inset-ring-line-2 hover:bg-hover hover:text-ink"
            >
              {title}
            </button>
          ))}
        </p>
        <div className="mt-7 mb-3 grid w-215 max-w-full grid-cols-3 gap-3">
          <Way
            trial
            icon={<FlaskConical className="i-20" />}
            title="Open the sample app"
            note="Practice accounts, no internet"
            busy={sample.isPending}
            onClick={() => sample.mutate()}
          />
          <Way
            icon={<Folder className="i-20" />}
            title="Open a folder"
            note="Plugboard or Base44, as it is"
            onClick={() => onAsk('folder')}
          />
          <Way icon={<FilePlus2 className="i-20" />} title="Start blank" note="An empty app to fill" onClick={() => onAsk('blank')} />
        </div>
        <TeamLine />
        <KeptLine />
      </div>
    </PanelBody>
  )
}

function Way({
  icon,
  title,
  note,
  trial,
  busy,
  onClick,
}: {
  icon: ReactNode
  title: string
  note: string
  trial?: boolean
  busy?: boolean
  onClick: () => void
}) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      disabled={busy}
      onClick={onClick}
      className={cx(
        'flex min-h-16 items-center gap-3 rounded-2 border p-3 text-left transition-colors duration-120',
        trial ? 'border-dashed border-trial-line bg-trial-soft hover:border-trial' : 'border-line-2 bg-raised hover:border-control',
      )}
    >
      <span className={cx('flex', trial ? 'text-trial-text' : 'text-ink-2')}>{busy ? <Spinner className="size-5" /> : icon}</span>
      <span className="min-w-0 flex-1">
        <span className="block text-13 font-semibold">{title}</span>
        <span className={cx('block text-12', trial ? 'text-trial-text' : 'text-ink-3')}>{note}</span>
      </span>
      <ChevronRight className="i-14 text-ink-3" />
    </button>
  )
}

/** For who comes to a team that has apps already: theirs, or the way to them. */
function TeamLine() {
  const relay = useRelay()
  if (relay?.state === 'signed_in')
    return (
      <div className="mb-3 w-215 max-w-full text-left empty:hidden">
        <RelayApps />
      </div>
    )
  return (
    <p className="text-12 text-ink-3">
      Does your team have a relay?{' '}
      <a
        href={hrefOf({ screen: 'settings', path: ['relay'] })}
        className="rounded-1 font-medium text-accent-text underline underline-offset-2"
      >
        Sign in to open its apps
      </a>
    </p>
  )
}

function KeptLine() {
  const { data: vault } = useVault()
  const kept = vault?.protection === 'keychain' ? ' Sign-ins are kept in the system keychain.' : ' Sign-ins are kept encrypted.'
  return (
    <p className="flex items-center gap-1.5 text-12 text-ink-3">
      <Lock className="i-14" />
      Apps are folders on this computer.{vault && kept}
    </p>
  )
}

/** Tools on both sides, plugged into the middle. */
function Cords() {
  const { data: tools = [] } = useConnectors()
  const icon = (id: string) => <ConnectorIcon icon={tools.find(tool => tool.id === id)?.icon ?? ''} name="" />
  return (
    <div aria-hidden className="relative mb-2 h-30 w-160 max-w-full">
      <svg viewBox="0 0 640 120" fill="none" strokeWidth="2" className="absolute inset-0 stroke-accent-line">
        <path d="M64 30C150 30 200 60 296 60" />
        <path d="M64 86C150 86 210 64 296 62" />
        <path d="M344 60C430 60 490 30 576 30" />
        <path d="M344 62C430 66 490 86 576 86" />
      </svg>
      <span className="absolute top-3.5 left-8">{icon('gmail')}</span>
      <span className="absolute top-17.5 left-8">{icon('googlesheets')}</span>
      <span className="absolute top-9 left-74">
        <Mark size={48} />
      </span>
      <span className="absolute top-3.5 left-144">{icon('slackbot')}</span>
      <span className="absolute top-17.5 left-144">{icon('googlecalendar')}</span>
    </div>
  )
}
