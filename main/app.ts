import { join } from 'node:path'
import { implement } from '@orpc/server'
import { catalogue } from '../connectors/catalogue.ts'
import { builder } from '../core/app-user.ts'
import { credentialsContract } from '../core/contract/credentials.ts'
import { AppError } from '../core/errors.ts'
import { createScrubber, type Scrubber } from '../core/secrets.ts'
import { describeTrigger } from '../host/flows/trigger-words.ts'
import { toChangeSet } from '../planner/change-set.ts'
import { plan } from '../planner/plan.ts'
import { createChat } from './chat/chat.ts'
import { createConnections, type Connections } from './connections/connections.ts'
import { createHostLink } from './hostlink/hostlink.ts'
import { createLinks } from './links.ts'
import { openLog } from './log.ts'
import { createOpenApps } from './open-apps.ts'
import { atDoor } from '../practice/at-door.ts'
import { ownProcess } from '../practice/own-process.ts'
import { createPractice } from '../practice/practice.ts'
import { createProjects } from './projects/projects.ts'
import { createPlaces } from './publish/places.ts'
import { createPublish } from './publish/publish.ts'
import { openRelayReleases } from './publish/relay-releases.ts'
import { createWebhooks } from './publish/webhooks.ts'
import { createRelayLink } from './relay/relay.ts'
import { createRelayTokens } from './relay/session.ts'
import { createMainRouter } from './router.ts'
import { createSettings } from './settings.ts'
import type { AppOptions, PlugboardApp } from './shell.ts'
import { openVault } from './vault/vault.ts'

/** Puts the rooms together. The shells put the result on a transport; nothing here knows which shell it is in. */
export async function createApp({ shell, home, version, keychain, practiceUrl }: AppOptions): Promise<PlugboardApp> {
  const secrets = createScrubber()
  const log = openLog(home, secrets.scrub)
  const projects = createProjects({ home })
  const vault = await openVault({ home, keychain })
  // One for all: a token is renewed once, whoever needs it.
  const relayTokens = createRelayTokens(vault)
  const links = createLinks({ openBrowser: shell.openBrowser, relayOrigin: async () => (await relayTokens.read())?.info.issuer ?? null })
  const practice = createPractice(
    practiceUrl
      ? atDoor(practiceUrl, 'PLUGBOARD_PRACTICE_URL')
      : ownProcess({
          folderOf: appId => join(projects.root(appId), '.plugboard', 'practice'),
          report: log.report,
          fork: () => shell.fork('practice'),
        }),
  )

  const hostLink = createHostLink({
    fork: () => shell.fork('host'),
    credentials: credentialsRouter(() => connections, secrets),
    report: log.report,
    log: log.write,
  })
  const host = hostLink.client
  const apps = createOpenApps(host, log.report)
  const relayReleases = openRelayReleases(relayTokens.request)
  const places = createPlaces({ projects, tokens: relayTokens, relay: relayReleases })
  const connections: Connections = await createConnections({
    home,
    vault,
    catalogue,
    practice,
    openBrowser: links.openOwn,
    modelOf: apps.model,
    appsHere: places.appsHere,
    activity: (appId, connectionId) => host().activity.list({ appId, connectionId }),
    report: log.report,
    relay: relayTokens,
    relayIdOf: places.relayIdOf,
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

  const publish = createPublish({
    projects,
    relay: relayReleases,
    places,
    survey: appId => host().functions.survey({ appId }),
    accounts: {
      list: connections.whereabouts,
      give: connections.give,
      callOff: connections.callOff,
      lookForShared: connections.lookForShared,
      practiceService: practice.serviceId,
    },
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
      links,
      home,
      version,
      projects,
      apps,
      chat,
      connections,
      practice,
      vault,
      settings: createSettings(home),
      relay: createRelayLink({ vault, openBrowser: links.openOwn, tokens: relayTokens, signedIn: connections.relayIsThere }),
      publish,
      webhooks: createWebhooks(relayTokens.request, places.relayIdOf),
      hostLink,
      afterWrite,
      openApp,
      closeApp: async appId => {
        chat.close(appId)
        await apps.close(appId)
      },
    }),
    openLink: links.open,
    report: log.report,
    async close() {
      stopFollowing()
      stopNoticing()
      apps.stop()
      await publish.close()
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
    accounts: os.accounts.handler(({ input }) => connections().accounts(input.appId, input.user)),
    agreedUsers: os.agreedUsers.handler(() => [builder]),
  })
}

/** A host that is just starting has nothing cached that it would have to forget. */
function ignoreRestart(error: unknown): void {
  if (AppError.from(error).code === 'internal') throw error
}
