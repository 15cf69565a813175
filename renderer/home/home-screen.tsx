import { FlaskConical, Folder, FilePlus2, Plus } from 'lucide-react'
import { useState } from 'react'
import { useApps, useConnectors, type AppSummary } from '../app-data.ts'
import { PromptBox } from '../chat/composer.tsx'
import { RelayApps } from '../relay/relay-apps.tsx'
import { Button } from '../ui/button.tsx'
import { cardClass, SectionTitle } from '../ui/card.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Panel, PanelBody } from '../ui/panel.tsx'
import { Bone, Skeleton } from '../ui/skeleton.tsx'
import { BlankAppDialog, FolderDialog, type Ask } from './app-dialogs.tsx'
import { AppCard } from './app-card.tsx'
import { usePromptApp, useSampleApp } from './create-app.ts'
import { FirstRun } from './first-run.tsx'

/** All apps, and the ways to a new one. Without an app it introduces itself. */
export function HomeScreen() {
  const apps = useApps()
  const [ask, setAsk] = useState<Ask>(null)
  return (
    <Panel label="Home">
      {!apps.data && <h1 className="sr-only">Apps</h1>}
      {apps.error ? (
        <ErrorScreen error={apps.error} onRetry={() => void apps.refetch()} />
      ) : apps.isPending ? (
        <HomeSkeleton />
      ) : apps.data.length === 0 ? (
        <FirstRun onAsk={setAsk} />
      ) : (
        <Apps apps={apps.data} onAsk={setAsk} />
      )}
      {ask === 'blank' && <BlankAppDialog onClose={() => setAsk(null)} />}
      {ask === 'folder' && <FolderDialog onClose={() => setAsk(null)} />}
    </Panel>
  )
}

function Apps({ apps, onAsk }: { apps: AppSummary[]; onAsk: (ask: Ask) => void }) {
  const [prompt, setPrompt] = useState('')
  const create = usePromptApp()
  const send = (): void => {
    if (prompt.trim() && !create.isPending) create.mutate(prompt.trim())
  }
  return (
    <PanelBody label="Apps" className="block">
      <div className="mx-auto flex max-w-250 flex-col gap-7 px-8 pt-12 pb-6">
        <section>
          <h1 className="text-center text-28 font-semibold text-balance">What should your team’s next app do?</h1>
          <div className="mx-auto mt-5 max-w-170">
            <PromptBox
              label="Describe the app"
              value={prompt}
              onChange={setPrompt}
              onSend={send}
              placeholder="Collect time off requests and put the approved ones in our calendar"
              autoFocus
            >
              <Button size="sm" kind="ghost" icon={<FilePlus2 />} onClick={() => onAsk('blank')}>
                Blank
              </Button>
              <Button size="sm" kind="ghost" icon={<Folder />} onClick={() => onAsk('folder')}>
                From a folder
              </Button>
              <span className="flex-1" />
              <span className="mr-2 hidden text-12 text-ink-3 wide:inline">Offline planner</span>
              <Button kind="primary" busy={create.isPending} disabled={!prompt.trim()} onClick={send}>
                Create app <Kbd on="accent">enter</Kbd>
              </Button>
            </PromptBox>
          </div>
        </section>
        <section>
          <SectionTitle
            note={apps.length}
            end={
              <Button icon={<Plus />} onClick={() => onAsk('blank')}>
                New app
              </Button>
            }
          >
            Apps
          </SectionTitle>
          <ul className="mt-3 grid grid-cols-[repeat(auto-fill,minmax(280px,1fr))] gap-3">
            {apps.map(app => (
              <AppCard key={app.id} app={app} />
            ))}
            {!apps.some(({ isSample }) => isSample) && <SampleCard />}
          </ul>
        </section>
        <RelayApps />
      </div>
    </PanelBody>
  )
}

function SampleCard() {
  const { data: tools = [] } = useConnectors()
  const sample = useSampleApp()
  return (
    <li>
      <button
        type="button"
        disabled={sample.isPending}
        onClick={() => sample.mutate()}
        className={cardClass({ press: true, className: 'flex h-29 w-full flex-col gap-1 border-dashed bg-transparent! p-3 text-left' })}
      >
        <span className="flex items-center gap-2">
          <span aria-hidden className="grid size-6 flex-none place-items-center rounded-[6px] bg-trial-soft text-trial-text">
            <FlaskConical className="i-14" />
          </span>
          <span className="font-semibold">Try the sample app</span>
        </span>
        <span className="text-13 text-ink-2">Practice accounts, no sign-in</span>
        <span className="mt-auto flex items-center gap-1">
          {tools.slice(0, 4).map(tool => (
            <ConnectorIcon key={tool.id} size={20} icon={tool.icon} name={tool.name} />
          ))}
          <span className="ml-auto text-12 font-medium text-accent-text">{sample.isPending ? 'Opening…' : 'Open →'}</span>
        </span>
      </button>
    </li>
  )
}

const HomeSkeleton = () => (
  <Skeleton className="mx-auto flex w-full max-w-250 flex-col items-center gap-7 px-8 pt-12">
    <Bone className="h-8 w-110" />
    <Bone className="h-22 w-170 max-w-full rounded-3" />
    <div className="grid w-full grid-cols-3 gap-3">
      {['a', 'b', 'c'].map(card => (
        <Bone key={card} className="h-29 rounded-2" />
      ))}
    </div>
  </Skeleton>
)
