import { implement } from '@orpc/server'
import { catalogue } from '../connectors/catalogue.ts'
import { credentialsContract } from '../core/contract/credentials.ts'
import { AppError } from '../core/errors.ts'
import { createScrubber, type Scrubber } from '../core/secrets.ts'
import { describeTrigger } from '../host/flows/trigger-words.ts'
import { toChangeSet } from '../planner/change-set.ts'
import { plan } from '../planner/plan.ts'
import { createChat } from './chat/chat.ts'
import { createConnections, type Connections } from './connections/connections.ts'
import { createHostLink } from './hostlink/hostlink.ts'
import { openLog } from './log.ts'
import { createOpenApps } from './open-apps.ts'
import { createPractice } from './practice/practice.ts'
import { createProjects } from './projects/projects.ts'
import { createRelayLink } from './relay/relay.ts'
import { createMainRouter } from './router.ts'
import { createSettings } from './settings.ts'
import type { AppOptions, PlugboardApp } from './shell.ts'
import { openVault } from './vault/vault.ts'

/** Puts the rooms together. The shells put the result on a transport; nothing here knows which shell it is in. */
export async function createApp({ shell, home, version, keychain }: AppOptions): Promise<PlugboardApp> {
  const secrets = createScrubber()
  const log = openLog(home, secrets.scrub)
  const projects = createProjects({ home })
  const vault = await openVault({ home, keychain })
  const practice = createPractice({ home, appRoot: projects.root, report: log.report, fork: () => shell.fork('practice') })

  const hostLink = createHostLink({
    fork: () => shell.fork('host'),
    credentials: credentialsRouter(() => connections, secrets),
    report: log.report,
    log: log.write,
  })
  const host = hostLink.client
  const apps = createOpenApps(host, log.report)
  const connections: Connections = await createConnections({
    home,
    vault,
    catalogue,
    practice,
    openBrowser: shell.openBrowser,
    modelOf: apps.model,
    activity: (appId, connectionId) => host().activity.list({ appId, connectionId }),
    report: log.report,
  })

  /** The host reads the folder again before the call answers: who wrote must not see the old model. */
  async function afterWrite<T>(appId: string, write: Promise<T>): Promise<T> {
    const result = await write
    await apps.reload(appId)
    return result
  }

  const chat = createChat({
    projects,
    planner: { plan, toChangeSet },
    connections,
    tools: catalogue.tools,
    modelOf: apps.model,
    describeTrigger,
    afterWrite: apps.reload,
  })

  const openApp = async (appId: string) => void (await apps.open(appId, projects.root(appId)))
  const stopFollowing = connections.onChange(({ appId }) => void host().connectors.changed({ appId }).catch(ignoreRestart))
  const stopNoticing = followHost()
  void openAll()

  /** Flows of every app run from the start, also of those that nobody looks at. */
  async function openAll(): Promise<void> {
    for (const { id } of await projects.list()) {
      await openApp(id).catch(cause => log.report(new AppError('unavailable', `“${id}” could not be started.`, { cause })))
    }
  }

  /** A host that died has forgotten who follows it. */
  function followHost(): () => void {
    const stop = new AbortController()
    void (async () => {
      let wasDown = false
      for await (const state of hostLink.watch(stop.signal)) {
        if (state === 'running' && wasDown) for (const appId of apps.ids()) apps.followAgain(appId)
        wasDown = state === 'restarting'
      }
    })().catch(error => log.report(AppError.from(error)))
    return () => stop.abort()
  }

  return {
    router: createMainRouter({
      shell,
      home,
      version,
      projects,
      apps,
      chat,
      connections,
      practice,
      vault,
      settings: createSettings(home),
      relay: createRelayLink({ vault, openBrowser: shell.openBrowser }),
      hostLink,
      afterWrite,
      openApp,
      closeApp: async appId => {
        chat.close(appId)
        await apps.close(appId)
      },
    }),
    report: log.report,
    async close() {
      stopFollowing()
      stopNoticing()
      apps.stop()
      await Promise.allSettled([hostLink.close(), practice.close(), connections.close()])
      await log.flush()
    },
  }
}

/** What the host may ask: tokens that live for a short while, and which accounts there are. */
function credentialsRouter(connections: () => Connections, secrets: Scrubber) {
  const os = implement(credentialsContract)
  return os.router({
    accessToken: os.accessToken.handler(async ({ input }) => {
      const credential = await connections().accessToken(input)
      secrets.know(credential.accessToken)
      return credential
    }),
    accounts: os.accounts.handler(({ input }) => connections().accounts(input.appId)),
  })
}

/** A host that is just starting has nothing cached that it would have to forget. */
function ignoreRestart(error: unknown): void {
  if (AppError.from(error).code === 'internal') throw error
}
