import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PublishJob } from '../../core/contract/publish.ts'
import { loadApp } from '../../host/app/load.ts'
import { createBundleCache } from '../../host/functions/bundle-cache.ts'
import { surveyFunctions } from '../../host/functions/survey.ts'
import type { Teardown } from '../../relay/relay.fixture.ts'
import { requestWith } from '../../relay/releases/releases.fixture.ts'
import { createProjects } from '../projects/projects.ts'
import type { RelayRequest } from '../relay/answers.ts'
import type { RelaySession } from '../relay/session.ts'
import type { PublishAccounts } from './accounts.ts'
import { createPlaces } from './places.ts'
import { createPublish } from './publish.ts'
import { openRelayReleases } from './relay-releases.ts'

type Options = {
  accounts?: Partial<PublishAccounts>
  /** What becomes of its requests on their way. */
  through?: (request: RelayRequest) => RelayRequest
  /** One that another process of the test used before. */
  home?: string
}

/** A desktop of its own, signed in to a relay. `line.url`: where its requests go. */
export async function publishingDesktop(t: Teardown, relay: { url: string; access: string }, options: Options = {}) {
  const { accounts, through = request => request } = options
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'home-')))
  if (options.home === undefined) t.after(() => rm(home, { recursive: true, force: true }))
  const projects = createProjects({ home })
  const line = { url: relay.url }
  const session = { info: { issuer: relay.url, name: 'Plugboard' }, tokens: {} } as unknown as RelaySession
  const request = through(requestWith(() => line.url, relay.access))
  const releases = openRelayReleases(request)
  const places = createPlaces({ projects, tokens: { read: async () => session }, relay: releases })
  const publish = createPublish({
    projects,
    relay: releases,
    places,
    survey: async appId => {
      const root = projects.root(appId)
      return surveyFunctions(await loadApp(appId, root), createBundleCache(root).get)
    },
    accounts: {
      list: async () => [],
      give: async () => {},
      callOff: async () => false,
      lookForShared: async () => {},
      practiceService: async () => null,
      ...accounts,
    },
    pause: async () => {},
  })
  t.after(() => publish.close())
  const edit = async (appId: string, path: string, text: string | null) => {
    const file = join(projects.root(appId), path)
    await mkdir(dirname(file), { recursive: true })
    await (text === null ? rm(file) : writeFile(file, text))
  }
  const read = (appId: string, path: string) => readFile(join(projects.root(appId), path), 'utf8')
  /** What is under way, or was, as soon as it is as it should be. */
  async function jobWhen(appId: string, isSo: (job: PublishJob) => boolean): Promise<PublishJob> {
    for await (const { job } of publish.watch(appId)) if (job && isSo(job)) return job
    return assert.fail()
  }
  const end = (appId: string) => jobWhen(appId, ({ outcome }) => outcome !== null)
  /** Publishes or rolls back, and gives how it ended. */
  async function finish(appId: string, begin: () => Promise<void>): Promise<PublishJob> {
    await begin()
    return end(appId)
  }
  const send = (appId: string, base: number | null, title = 'A version') => finish(appId, () => publish.start(appId, base, title))
  return { home, projects, publish, places, edit, read, jobWhen, end, finish, send, line }
}
