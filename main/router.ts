import { implement, type AnyRouter } from '@orpc/server'
import { actionShapes } from '../connectors/facts.ts'
import { loadConnector } from '../connectors/load.ts'
import { mainContract } from '../core/contract/main.ts'
import { Changes } from '../core/rpc/stream.ts'
import type { Chat } from './chat/chat.ts'
import type { Connections } from './connections/connections.ts'
import { followCalls } from './connections/follow-calls.ts'
import type { HostLink } from './hostlink/hostlink.ts'
import type { Links } from './links.ts'
import { isOnline } from './network.ts'
import type { OpenApps } from './open-apps.ts'
import type { Practice } from '../practice/practice.ts'
import type { Projects } from './projects/projects.ts'
import type { Publish } from './publish/publish.ts'
import type { Webhooks } from './publish/webhooks.ts'
import type { RelayLink } from './relay/relay.ts'
import type { Settings } from './settings.ts'
import type { ShellHost } from './shell.ts'
import type { Vault } from './vault/vault.ts'

export type Rooms = {
  shell: ShellHost
  links: Links
  home: string
  version: string
  projects: Projects
  apps: OpenApps
  chat: Chat
  connections: Connections
  practice: Practice
  vault: Vault
  settings: Settings
  relay: RelayLink
  publish: Publish
  webhooks: Webhooks
  hostLink: HostLink
  /** Writes to an app go through here: the host reads the folder again before the call answers. */
  afterWrite<T>(appId: string, write: Promise<T>): Promise<T>
  openApp(appId: string): Promise<void>
  closeApp(appId: string): Promise<void>
}

/** Main's side of the contract. Each handler hands over to one room; `host.*` is passed on as it is. */
export function createMainRouter(rooms: Rooms): AnyRouter {
  const os = implement(mainContract)
  const { projects, chat, connections, vault, settings, shell } = rooms

  return os.router({
    system: {
      info: os.system.info.handler(() => ({ shell: shell.kind, version: rooms.version, home: rooms.home, platform: process.platform })),
      watch: os.system.watch.handler(({ signal }) => watchSystem(rooms, signal)),
      openExternal: os.system.openExternal.handler(async ({ input }) => {
        await rooms.links.open(input.url)
        return {}
      }),
    },
    apps: {
      list: os.apps.list.handler(() => listApps(rooms)),
      create: os.apps.create.handler(async ({ input }) => {
        const { appId } = await projects.create(input)
        await rooms.openApp(appId)
        return { appId }
      }),
      openFolder: os.apps.openFolder.handler(async ({ input }) => {
        const { appId } = await projects.openFolder(input.path)
        await rooms.openApp(appId)
        return { appId }
      }),
      rename: os.apps.rename.handler(async ({ input }) => {
        await rooms.afterWrite(input.appId, projects.rename(input.appId, input.name))
        return {}
      }),
      setVisibility: os.apps.setVisibility.handler(async ({ input }) => {
        await rooms.afterWrite(input.appId, projects.setVisibility(input.appId, input.visibility))
        return {}
      }),
      remove: os.apps.remove.handler(async ({ input }) => {
        await rooms.closeApp(input.appId)
        await projects.remove(input.appId)
        await connections.forgetApp(input.appId)
        return {}
      }),
      readFile: os.apps.readFile.handler(({ input }) => projects.readFile(input.appId, input.path)),
      writeFile: os.apps.writeFile.handler(({ input: { appId, ...file } }) => rooms.afterWrite(appId, projects.writeFile(appId, file))),
      editJson: os.apps.editJson.handler(async ({ input: { appId, ...edit } }) => {
        await rooms.afterWrite(appId, projects.editJson(appId, edit))
        return {}
      }),
      deleteFile: os.apps.deleteFile.handler(async ({ input }) => {
        await rooms.afterWrite(input.appId, projects.deleteFile(input.appId, input.path))
        return {}
      }),
      history: os.apps.history.handler(({ input }) => projects.history(input.appId)),
      undo: os.apps.undo.handler(({ input }) => rooms.afterWrite(input.appId, projects.undo(input.appId, input.changeId))),
      redo: os.apps.redo.handler(({ input }) => rooms.afterWrite(input.appId, projects.redo(input.appId))),
    },
    chat: {
      watch: os.chat.watch.handler(({ input, signal }) => chat.watch(input.appId, signal)),
      send: os.chat.send.handler(async ({ input, signal }) => {
        await chat.send(input.appId, input.text, signal)
        return {}
      }),
      edit: os.chat.edit.handler(async ({ input, signal }) => {
        await chat.edit(input.appId, input.messageId, input.text, signal)
        return {}
      }),
      apply: os.chat.apply.handler(async ({ input }) => {
        await chat.apply(input.appId, input.messageId, input.choices)
        return {}
      }),
      dismiss: os.chat.dismiss.handler(async ({ input }) => {
        await chat.dismiss(input.appId, input.messageId)
        return {}
      }),
      skip: os.chat.skip.handler(async ({ input }) => {
        await chat.skip(input.appId, input.messageId)
        return {}
      }),
      undo: os.chat.undo.handler(async ({ input }) => {
        await chat.undo(input.appId, input.messageId)
        return {}
      }),
      clear: os.chat.clear.handler(async ({ input }) => {
        await chat.clear(input.appId)
        return {}
      }),
    },
    connectors: {
      list: os.connectors.list.handler(() => connections.catalogue()),
      actions: os.connectors.actions.handler(async ({ input }) => actionShapes(await loadConnector(input.connector))),
    },
    connections: {
      list: os.connections.list.handler(({ input }) => connections.list(input.appId)),
      watch: os.connections.watch.handler(({ input, signal }) => watchConnections(rooms, input.appId, signal)),
      connect: os.connections.connect.handler(({ input, signal }) => connections.connect(input, signal)),
      choose: os.connections.choose.handler(({ input }) => {
        connections.choose(input.questionId, input.account)
        return {}
      }),
      disconnect: os.connections.disconnect.handler(({ input }) => connections.disconnect(input.connectionId)),
      moveTo: os.connections.moveTo.handler(({ input }) => connections.moveTo(input.connectionId, input.place)),
      keepAccount: os.connections.keepAccount.handler(({ input }) => connections.keepAccount(input.connectionId, input.place)),
      forget: os.connections.forget.handler(async ({ input }) => {
        await connections.forget(input.connectionId)
        return {}
      }),
      rename: os.connections.rename.handler(async ({ input }) => {
        await connections.rename(input.connectionId, input.name)
        return {}
      }),
      setDefault: os.connections.setDefault.handler(async ({ input }) => {
        await connections.setDefault(input.connectionId)
        return {}
      }),
      lately: os.connections.lately.handler(({ input }) => connections.lately(input.appId)),
      access: os.connections.access.handler(({ input }) => connections.access(input.connectionId)),
    },
    practice: { open: os.practice.open.handler(({ input }) => openPractice(rooms, input)) },
    vault: {
      status: os.vault.status.handler(() => vault.status()),
      setPassphrase: os.vault.setPassphrase.handler(({ input }) => vault.usePassphrase(input.passphrase)),
      keepForSession: os.vault.keepForSession.handler(() => vault.useSession()),
      unlock: os.vault.unlock.handler(({ input }) => vault.unlock(input.passphrase)),
    },
    settings: {
      get: os.settings.get.handler(() => settings.get()),
      setTheme: os.settings.setTheme.handler(async ({ input }) => {
        await settings.setTheme(input.theme)
        return {}
      }),
      oauthClients: os.settings.oauthClients.handler(() => connections.clients.list()),
      setOauthClient: os.settings.setOauthClient.handler(async ({ input }) => {
        await connections.clients.set(input)
        return {}
      }),
    },
    relay: {
      status: os.relay.status.handler(() => rooms.relay.status()),
      signIn: os.relay.signIn.handler(({ input, signal }) => rooms.relay.signIn(input.url, signal)),
      signOut: os.relay.signOut.handler(() => rooms.relay.signOut()),
    },
    publish: {
      preview: os.publish.preview.handler(({ input }) => rooms.publish.preview(input.appId)),
      diff: os.publish.diff.handler(({ input }) => rooms.publish.diff(input.appId, input.path)),
      start: os.publish.start.handler(async ({ input }) => {
        await rooms.publish.start(input.appId, input.base, input.title)
        return {}
      }),
      rollBack: os.publish.rollBack.handler(async ({ input }) => {
        await rooms.publish.rollBack(input.appId, input.number, input.base)
        return {}
      }),
      separate: os.publish.separate.handler(async ({ input }) => {
        await rooms.publish.separate(input.appId)
        return {}
      }),
      cancel: os.publish.cancel.handler(async ({ input }) => {
        await rooms.publish.cancel(input.appId)
        return {}
      }),
      watch: os.publish.watch.handler(({ input, signal }) => rooms.publish.watch(input.appId, signal)),
      apps: os.publish.apps.handler(() => rooms.publish.apps()),
      open: os.publish.open.handler(async ({ input }) => {
        const opened = await rooms.publish.open(input.appId)
        await rooms.openApp(opened.appId)
        return opened
      }),
      take: os.publish.take.handler(({ input }) => rooms.afterWrite(input.appId, rooms.publish.take(input.appId))),
    },
    webhooks: {
      find: os.webhooks.find.handler(({ input }) => rooms.webhooks.find(input)),
      deliveries: os.webhooks.deliveries.handler(({ input }) => rooms.webhooks.deliveries(input)),
      secret: os.webhooks.secret.handler(({ input }) => rooms.webhooks.secret(input)),
      changeSecret: os.webhooks.changeSecret.handler(({ input }) => rooms.webhooks.changeSecret(input)),
      testCommand: os.webhooks.testCommand.handler(({ input }) => rooms.webhooks.testCommand(input)),
    },
    host: rooms.hostLink.router,
  })
}

async function openPractice(
  { practice, links }: Rooms,
  { appId, connector }: { appId: string; connector: string },
): Promise<{ url: string }> {
  const { url } = await practice.open(appId, connector)
  await links.openOwn(url)
  return { url }
}

/** Home's cards. The last run comes from the host, where the app runs. */
async function listApps({ projects, apps, hostLink }: Rooms) {
  const running = new Set(apps.ids())
  return Promise.all(
    (await projects.list()).map(async app => {
      if (!running.has(app.id) || hostLink.state() !== 'running') return { ...app, lastRun: null }
      const { items } = await hostLink.client().runs.list({ appId: app.id, limit: 1 })
      const [run] = items
      return { ...app, lastRun: run ? { state: run.state, at: run.createdAt } : null }
    }),
  )
}

/** The accounts of an app: also when its files change, for they say what uses an account, and when it is used. */
async function* watchConnections({ connections, apps, hostLink }: Rooms, appId: string, signal: AbortSignal | undefined) {
  const changes = new Changes<void>()
  const calls = followCalls({ hostLink, appId, told: () => changes.publish() })
  const stops = [
    calls.stop,
    connections.onChange(change => change.appId === appId && changes.publish()),
    apps.changes.listen(changed => {
      if (changed !== appId) return
      calls.again()
      changes.publish()
    }),
  ]
  try {
    yield* changes.followState(() => connections.list(appId), signal)
  } finally {
    for (const stop of stops) stop()
  }
}

/** The status line: on each change of the host or of an app, and when the network comes or goes. */
async function* watchSystem({ apps, hostLink }: Rooms, signal: AbortSignal | undefined) {
  const changes = new Changes<void>()
  const stopListening = apps.changes.listen(() => changes.publish())
  const network = setInterval(() => online !== isOnline() && changes.publish(), 3000)
  let online = isOnline()
  const hostStates = hostLink.watch(signal)
  void (async () => {
    for await (const _ of hostStates) changes.publish()
  })().catch(() => {})
  try {
    yield* changes.followState(() => {
      online = isOnline()
      return { online, host: hostLink.state(), flowsOn: apps.flowsOn() }
    }, signal)
  } finally {
    clearInterval(network)
    stopListening()
    void hostStates.return(undefined)
  }
}
