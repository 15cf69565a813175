/**
 * `npm run publish -- PATH --relay URL [--id ID] [--title TEXT] [--base N]`: publishes an app without a window. Whom it acts for is told by
 * `PLUGBOARD_RELAY_TOKEN`, a publish token from the account page of the relay; without it, by the desktop of this machine, which must not be running.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { appId } from '../../core/app/names.ts'
import type { AppReleases } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { maskSecrets } from '../../core/secrets.ts'
import { loadApp } from '../../host/app/load.ts'
import { createBundleCache } from '../../host/functions/bundle-cache.ts'
import { surveyFunctions } from '../../host/functions/survey.ts'
import { homePath, openHome } from '../home.ts'
import { newAppId } from '../projects/app-id.ts'
import { relayOrigin } from '../relay/discover.ts'
import { createRelayTokens } from '../relay/session.ts'
import { openVault } from '../vault/vault.ts'
import { liveAsAsked } from './asked.ts'
import { checkRelease, demandPublishable } from './checks.ts'
import { firstPages } from './first-pages.ts'
import { publishRelease } from './publish-release.ts'
import { readLink, writeLink, type Link } from './link.ts'
import { readLocalRelease } from './local-release.ts'
import type { RelayRequest } from '../relay/answers.ts'
import { openRelayReleases } from './relay-releases.ts'

const usage = 'Use: npm run publish -- PATH --relay https://relay.example.com [--id my-app] [--title "What is new"] [--base 12]'
const say = (line: string) => process.stdout.write(`${line}\n`)

async function publish(words: string[]): Promise<void> {
  const { path, relayUrl, id, title, base: givenBase } = readArguments(words)
  const model = await loadApp('headless', path)
  const found = await readLink(path)
  const link = found?.relay === relayUrl ? found : null
  const name = model.config.name
  const known = id ?? link?.relayId ?? idOf(path, name)
  const place = { relay: relayUrl, appId: link?.appId ?? idOf(path, name), relayId: known }
  const { request, close } = await openAccess(relayUrl)
  try {
    const relay = openRelayReleases(request)
    const outcome = await publishRelease({
      relay,
      appId: known,
      base: givenBase ?? baseOf(await relay.app(known), link?.relayId === known ? link : null),
      noteAsked: asked => writeLink(path, { ...place, live: link?.relayId === known ? link.live : null, asked }),
      title,
      async check() {
        const survey = await surveyFunctions(model, createBundleCache(path).get)
        demandPublishable(checkRelease({ model, survey, accounts: [], texts: new Map() }).filter(({ state }) => state !== 'warning'))
        for (const page of firstPages(model)) {
          await mkdir(dirname(join(path, page.path)), { recursive: true })
          await writeFile(join(path, page.path), page.text)
          say(`added ${page.path}`)
        }
        return { name, pack: () => readLocalRelease(path, survey.packages) }
      },
      tell: (step, state, note) => state === 'done' && say(`${step}${note ? `: ${note}` : ''}`),
      patience: { waiting: why => why && say(`${why.message} Trying again …`) },
    })
    if (outcome.type === 'unknown') throw AppError.fromShape(outcome.error)
    await writeLink(path, { ...place, live: { url: outcome.url, version: outcome.version }, asked: null })
    say(`${outcome.changed ? 'Published' : 'Nothing to change:'} version ${outcome.version.number} is live at ${outcome.url}`)
  } finally {
    await close()
  }
}

/** The id that the desktop knows an app by: its folder's name where it keeps its apps, else made of the app's name. */
const idOf = (path: string, name: string): string =>
  dirname(path) === join(homePath(process.env), 'apps') ? basename(path) : newAppId(name, () => false)

/** What was live when this folder was last published. Where that is not known, an app that is there is not written over unseen. */
function baseOf(found: AppReleases, link: Link | null): number | null {
  const known = liveAsAsked(found, link?.asked ?? null)?.version ?? link?.live?.version ?? null
  if (!found || known) return known?.number ?? null
  const by = found.versions.find(({ number }) => number === found.live)?.by ?? 'a former member'
  throw new AppError(
    'conflict',
    `“${found.name}” is on the relay under this id since ${found.since.slice(0, 10)}, version ${found.live} by ${by}, and this folder never came from it. Add --base ${found.live} to publish over it, or --id and another id to publish an app of its own.`,
  )
}

function readArguments(words: string[]) {
  const parsed = readWords(words)
  const [path, ...more] = parsed.positionals
  const { relay, id, title = 'Published from the command line', base } = parsed.values
  const named = appId.optional().safeParse(id)
  const number = z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional()
    .safeParse(base)
  if (path === undefined || more.length > 0 || relay === undefined || !named.success || !number.success)
    throw new AppError('validation', usage)
  return { path: resolve(path), relayUrl: relayOrigin(relay), id: named.data, title, base: number.data }
}

function readWords(words: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args: words, allowPositionals: true, options: { relay: text, id: text, title: text, base: text } })
  } catch (cause) {
    throw new AppError('validation', usage, { cause })
  }
}

async function openAccess(relayUrl: string): Promise<{ request: RelayRequest; close(): Promise<void> }> {
  const token = process.env['PLUGBOARD_RELAY_TOKEN']
  if (token) return { request: requestAs(relayUrl, token), close: async () => {} }
  const home = await openHome(homePath(process.env))
  const tokens = createRelayTokens(await openVault({ home: home.path }))
  const session = await tokens.read()
  if (session?.tokens && session.info.issuer === relayUrl) return { request: tokens.request, close: home.close }
  await home.close()
  throw new AppError('unauthorized', `Nobody is signed in to ${relayUrl} here. Sign in with the desktop, or set PLUGBOARD_RELAY_TOKEN.`)
}

function requestAs(relayUrl: string, token: string): RelayRequest {
  return (path, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return fetch(relayUrl + path, { ...init, headers, redirect: 'error' }).catch((cause: unknown) => {
      throw new AppError('unavailable', `${relayUrl} cannot be reached.`, { cause })
    })
  }
}

publish(process.argv.slice(2)).then(
  () => process.exit(0),
  (cause: unknown) => {
    const error = AppError.from(cause)
    process.stderr.write(`${maskSecrets(error.message)}\n`)
    if (error.code === 'internal')
      process.stderr.write(`${maskSecrets(String(error.cause instanceof Error ? error.cause.stack : error.cause))}\n`)
    process.exit(1)
  },
)
