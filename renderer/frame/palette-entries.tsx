import {
  Activity,
  CloudUpload,
  Code,
  FlaskConical,
  House,
  MessageSquare,
  Moon,
  Play,
  Plug,
  Plus,
  Redo2,
  RefreshCw,
  Server,
  Settings,
  Sparkles,
  Table2,
  Undo2,
  Workflow,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { keys, useApps, useConnections, useConnectors, useFlows, useModel } from '../app-data.ts'
import { sendPrompt } from '../chat/chat-work.ts'
import { client } from '../client.ts'
import { connect, inputFor } from '../integrations/attempts.ts'
import { needsUser } from '../integrations/connection-words.ts'
import { openPractice } from '../integrations/practice.ts'
import { useAct } from '../query.ts'
import { go } from '../routes.ts'
import { Dot, PracticeChip, StateChip } from '../ui/chip.tsx'
import { ConnectorIcon } from '../ui/connector-icon.tsx'
import { toast } from '../ui/toast.tsx'
import { useFrame } from './frame-state.ts'
import { useTheme } from './theme.ts'

/** One line of the palette. `always` keeps it in the list whatever is typed. */
export type Entry = {
  id: string
  group: 'Do' | 'Go to' | 'Add' | 'Apps' | 'Chat'
  title: string
  note?: string
  icon: ReactNode
  end?: ReactNode
  keys?: string
  keywords?: string[]
  always?: boolean
  run: () => void
}

export function useGlobalEntries(): Entry[] {
  const { data: apps = [] } = useApps()
  const { theme, setTheme } = useTheme()
  const themes = (['system', 'light', 'dark'] as const).filter(choice => choice !== theme)
  return [
    ...themes.map((choice): Entry => ({
      id: `theme-${choice}`,
      group: 'Do',
      title: choice === 'system' ? 'Follow the system’s theme' : `Use ${choice} theme`,
      icon: <Moon />,
      run: () => setTheme(choice),
    })),
    { id: 'home', group: 'Apps', title: 'All apps', keywords: ['home'], icon: <House />, run: () => go({}) },
    { id: 'new-app', group: 'Apps', title: 'New app', keywords: ['create'], icon: <Plus />, run: () => go({}) },
    {
      id: 'settings-of-plugboard',
      group: 'Apps',
      title: 'Settings of Plugboard',
      icon: <Settings />,
      run: () => go({ screen: 'settings' }),
    },
    {
      id: 'relay',
      group: 'Do',
      title: 'Sign in to a relay',
      keywords: ['server', 'team', 'publish', 'sign out'],
      icon: <Server />,
      run: () => go({ screen: 'settings', path: ['relay'] }),
    },
    ...apps.map((app): Entry => ({
      id: `app-${app.id}`,
      group: 'Apps',
      title: app.name,
      note: 'App',
      icon: app.isSample ? <FlaskConical /> : <House />,
      run: () => go({ app: app.id, screen: 'data' }),
    })),
  ]
}

export function useAppEntries(appId: string, query: string): Entry[] {
  const flows = useFlows(appId).data ?? []
  const connections = useConnections(appId).data ?? []
  const tools = useConnectors().data ?? []
  const model = useModel(appId).data
  const { toggleChat } = useFrame()
  const runNow = useAct((name: string) => client.host.flows.runNow({ appId, name }), {
    done: ({ runId }) => go({ app: appId, screen: 'runs', path: [runId] }),
  })
  const history = { refresh: [keys.history(appId)] }
  const undo = useAct(() => client.apps.undo({ appId }), {
    ...history,
    done: ({ title }) => toast.say(title ? `Undone: ${title}` : 'There is nothing to undo.'),
  })
  const redo = useAct(() => client.apps.redo({ appId }), {
    ...history,
    done: ({ title }) => toast.say(title ? `Done again: ${title}` : 'There is nothing to redo.'),
  })
  const to =
    (screen: Parameters<typeof go>[0]['screen'], ...path: string[]) =>
    () =>
      go({ app: appId, screen, path })
  const icons = {
    data: <Table2 />,
    functions: <Code />,
    flows: <Workflow />,
    integrations: <Plug />,
    runs: <Activity />,
    settings: <Settings />,
  }
  const iconOf = (id: string) => <ConnectorIcon size={20} icon={tools.find(tool => tool.id === id)?.icon ?? ''} name={id} />
  const ask = query.trim()

  const doing: Entry[] = [
    ...flows.map((flow): Entry => ({
      id: `run-${flow.name}`,
      group: 'Do',
      title: `Run ${flow.title}`,
      note: 'Flow',
      icon: <Play />,
      run: () => runNow.mutate(flow.name),
    })),
    ...connections
      .filter(({ state }) => needsUser(state))
      .map((row): Entry => ({
        id: `reconnect-${row.id}`,
        group: 'Do',
        title: `Reconnect ${row.name}`,
        note: row.account?.label,
        icon: <RefreshCw />,
        run: () => {
          go({ app: appId, screen: 'integrations', path: ['mine'] })
          void connect(inputFor(row))
        },
      })),
    ...connections
      .filter(({ practice }) => practice)
      .map((row): Entry => ({
        id: `practice-${row.id}`,
        group: 'Do',
        title: `Open practice ${row.name}`,
        icon: <FlaskConical />,
        run: () => void openPractice(appId, row.connector),
      })),
    ...(ask
      ? [
          {
            id: 'ask',
            group: 'Chat',
            title: `Ask chat: “${ask}”`,
            icon: <Sparkles />,
            always: true,
            run: () => void sendPrompt(appId, ask),
          } satisfies Entry,
        ]
      : []),
    { id: 'chat', group: 'Do', title: 'Show or hide the chat', icon: <MessageSquare />, keys: 'mod+j', run: () => toggleChat(appId) },
    { id: 'undo', group: 'Do', title: 'Undo the last change', icon: <Undo2 />, run: () => undo.mutate() },
    { id: 'redo', group: 'Do', title: 'Redo the last change', icon: <Redo2 />, run: () => redo.mutate() },
  ]
  const places: Entry[] = [
    { id: 'data', group: 'Go to', title: 'Data', icon: icons.data, run: to('data') },
    { id: 'functions', group: 'Go to', title: 'Functions', icon: icons.functions, run: to('functions') },
    { id: 'flows', group: 'Go to', title: 'Flows', icon: icons.flows, run: to('flows') },
    { id: 'browse', group: 'Go to', title: 'Integrations', note: 'Browse', icon: icons.integrations, run: to('integrations', 'browse') },
    { id: 'mine', group: 'Go to', title: 'My integrations', icon: icons.integrations, run: to('integrations', 'mine') },
    { id: 'runs', group: 'Go to', title: 'Runs', icon: icons.runs, run: to('runs') },
    {
      id: 'publish',
      group: 'Do',
      title: 'Publish',
      keywords: ['relay', 'release', 'roll back'],
      icon: <CloudUpload />,
      run: to('publish'),
    },
    { id: 'settings', group: 'Go to', title: 'Settings', icon: icons.settings, run: to('settings') },
    ...connections.map((row): Entry => ({
      id: `connection-${row.id}`,
      group: 'Go to',
      title: row.name,
      note: row.account?.label ?? 'My integrations',
      icon: iconOf(row.connector),
      end: <StateChip state={row.state} practice={row.practice} />,
      run: to('integrations', 'mine', row.id),
    })),
    ...flows.map((flow): Entry => ({
      id: `flow-${flow.name}`,
      group: 'Go to',
      title: flow.title,
      note: 'Flow',
      icon: icons.flows,
      end: (
        <span className="flex items-center gap-1.5 text-12 text-ink-3">
          <Dot tone={flow.active ? 'ok' : 'off'} />
          {flow.active ? 'On' : 'Off'}
        </span>
      ),
      run: to('flows', flow.name),
    })),
    ...(model?.functions ?? []).map(({ name }): Entry => ({
      id: `function-${name}`,
      group: 'Go to',
      title: name,
      note: 'Function',
      icon: icons.functions,
      run: to('functions', name),
    })),
    ...(model?.entities ?? []).map(({ entity }): Entry => ({
      id: `entity-${entity.name}`,
      group: 'Go to',
      title: entity.name,
      note: 'Data',
      icon: icons.data,
      run: to('data', entity.name),
    })),
  ]
  const adding = tools
    .filter(tool => !connections.some(({ connector }) => connector === tool.id))
    .map((tool): Entry => ({
      id: `tool-${tool.id}`,
      group: 'Add',
      title: tool.name,
      note: tool.summary,
      icon: iconOf(tool.id),
      end: tool.practice && <PracticeChip />,
      run: to('integrations', 'browse', tool.id),
    }))
  return [...doing, ...places, ...adding]
}
