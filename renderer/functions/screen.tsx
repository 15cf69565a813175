import { Code } from 'lucide-react'
import { useEffect } from 'react'
import type { AppModel } from '../../core/app/model.ts'
import { useConnector, useModel } from '../app-data.ts'
import { askForLine } from '../files/asked-line.ts'
import { splitLine } from '../files/line.ts'
import { useFrame } from '../frame/frame-state.ts'
import { goInstead, hrefOf, type ScreenProps } from '../routes.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel, PanelHead } from '../ui/panel.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { rowClass } from '../ui/table.tsx'
import { FunctionView } from './function-view.tsx'
import { callersOf } from './input.ts'

/** An app's functions; with a name in the address, that one to edit and run. `line-14` at the end of the address goes to a line. */
export function Screen({ appId, path: address }: ScreenProps) {
  const model = useModel(appId)
  const { path, line: asked } = splitLine(address)
  const name = path.join('/')
  useEffect(() => {
    if (asked === null) return
    askForLine(appId, `functions/${name}`, asked)
    // The line is taken off the address, so that the same link works twice.
    goInstead({ app: appId, screen: 'functions', path: [name] })
  }, [appId, name, asked])

  if (!model.data) return <Panel label="Functions">{model.error ? <ErrorScreen error={model.error} /> : <Skeleton rows={6} />}</Panel>
  const { functions } = model.data
  const found = functions.find(each => each.name === name)
  if (found) return <FunctionView key={`${appId}/${name}`} appId={appId} model={model.data} found={found} crumbs={functions.length > 1} />
  return (
    <Panel label="Functions">
      <PanelHead title="Functions" />
      {name ? <Missing appId={appId} name={name} /> : <List appId={appId} model={model.data} />}
    </Panel>
  )
}

function Missing({ appId, name }: { appId: string; name: string }) {
  return (
    <EmptyState
      icon={<Code className="i-20" />}
      title={`There is no function “${name}”`}
      text="It may have been renamed, deleted or undone."
      actions={
        <a href={hrefOf({ app: appId, screen: 'functions' })} className={buttonClass()}>
          All functions
        </a>
      }
    />
  )
}

function List({ appId, model }: { appId: string; model: AppModel }) {
  const setChat = useFrame(state => state.setChat)
  if (model.functions.length === 0)
    return (
      <EmptyState
        icon={<Code className="i-20" />}
        title="No functions yet"
        text="A function does one thing with your data and tools. Describe it in the chat, and it is written here."
        actions={<Button onClick={() => setChat(appId, true)}>Ask chat</Button>}
      />
    )
  return (
    <nav aria-label="Functions" className="min-h-0 flex-1 overflow-auto">
      <ul>
        {model.functions.map(found => (
          <li key={found.name}>
            <a href={hrefOf({ app: appId, screen: 'functions', path: [found.name] })} className={rowClass('min-h-14 -outline-offset-2!')}>
              <span className="min-w-0 flex-1">
                <b className="block truncate font-medium">{found.name}</b>
                <span className="block truncate text-12 text-ink-3">{found.config.description ?? calledByWords(model, found.name)}</span>
              </span>
              <span className="flex flex-none gap-1">
                {[...new Set(found.uses.map(use => use.connector))].map(id => (
                  <ToolIcon key={id} id={id} />
                ))}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function calledByWords(model: AppModel, name: string): string {
  const titles = callersOf(model, name).map(({ title }) => title)
  return titles.length > 0 ? `Called by ${titles.join(', ')}` : 'Called by no flow'
}

function ToolIcon({ id }: { id: string }) {
  const { name, icon } = useConnector(id)
  return (
    <span role="img" aria-label={name} title={name} className="flex">
      <ConnectorIcon size={24} icon={icon} name={name} />
    </span>
  )
}
