import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { writeFileAtomically } from '../host/files/atomic.ts'
import { createInternalApi, type InternalApi } from './api.ts'
import { startEmulated, type Emulated, type Service } from './emulated.ts'
import { enforceGoogleScopes } from './gaps/google-scopes.ts'
import { googleGaps } from './gaps/google.ts'
import { sheetsApi } from './gaps/sheets.ts'
import { slackGaps } from './gaps/slack.ts'
import { onlyKnownTokens, onlyThisMachine } from './guard.ts'
import { registerRedirects } from './oauth-clients.ts'
import { restyleConsent } from './pages/consent.ts'
import { createPages } from './pages/pages.ts'
import { enforcePkce } from './pkce.ts'
import { fillGitHub, githubSeed } from './seed/github.ts'
import { datedGoogleSeed, fillGoogle } from './seed/google.ts'
import { fillSlack, slackSeed } from './seed/slack.ts'
import { createStateFile } from './state-file.ts'

const seeds: Readonly<Record<Service, () => Record<string, unknown>>> = {
  slack: () => slackSeed,
  google: datedGoogleSeed,
  github: () => githubSeed,
}

const fill: Readonly<Record<Service, (emulated: Emulated, api: InternalApi) => void | Promise<void>>> = {
  slack: fillSlack,
  google: fillGoogle,
  github: fillGitHub,
}

/** Where an emulator falls short of its service: what stands before it. */
const gaps: Readonly<Record<Service, (app: Hono, emulated: Emulated) => void>> = {
  slack(app, emulated) {
    const token = '/api/oauth.v2.access'
    const refusal = { ok: false, error: 'invalid_code_verifier' }
    app.use(enforcePkce({ authorize: '/oauth/v2/authorize', callback: '/oauth/v2/authorize/callback', token, refusal }))
    app.route('/', slackGaps(emulated))
  },
  google(app, emulated) {
    app.use(enforceGoogleScopes(emulated))
    app.route('/', googleGaps(emulated))
    app.route('/', sheetsApi(emulated))
  },
  github(app) {
    const token = '/login/oauth/access_token'
    const refusal = { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' }
    app.use(enforcePkce({ authorize: '/login/oauth/authorize', callback: '/login/oauth/callback', token, refusal }))
  },
}

/** `returnsTo`: addresses that sign-ins may return to, besides those on loopback. */
export type RunningService = { origin: string; returnsTo: Set<string>; close(): Promise<void> }

/**
 * Serves one practice account on a loopback port: the same port as last time when it is free. Its state lies in `folder` and is there
 * again after a restart, tokens included. `report` gets what went wrong in words for the log.
 */
export async function startService(service: Service, folder: string, report: (problem: string) => void): Promise<RunningService> {
  let answer: (request: Request) => Response | Promise<Response> = () => new Response('Starting.', { status: 503 })
  const server = createServer(getRequestListener(request => answer(request)))
  const port = await listen(server, join(folder, 'ports.json'), service)
  const origin = `http://127.0.0.1:${port}`
  const returnsTo = new Set<string>()
  try {
    const emulated = await startEmulated(service, origin, seeds[service]())
    const api = createInternalApi(emulated, origin)
    const state = createStateFile(join(folder, `${service}.json`), emulated, api.isInternal)
    if (!(await state.restore())) await fill[service](emulated, api)
    const pages = createPages(emulated, api)

    const app = new Hono()
    app.use(onlyThisMachine(port))
    app.route('/practice', pages.app)
    app.use(async (c, next) => {
      await next()
      if (c.req.method === 'GET' || c.req.method === 'HEAD') return
      await state.save().catch((error: unknown) => report(`${service}: ${error instanceof Error ? error.message : String(error)}`))
      pages.changed()
    })
    app.use(registerRedirects(emulated, returnsTo))
    app.use(restyleConsent)
    app.use(onlyKnownTokens(emulated))
    gaps[service](app, emulated)
    app.all('*', c => emulated.fetch(c.req.raw))
    app.onError(error => {
      report(`${service}: ${error.stack ?? error.message}`)
      return new Response('The practice account has a problem.', { status: 500 })
    })
    answer = request => app.fetch(request)
    await state.save()
    return {
      origin,
      returnsTo,
      async close() {
        pages.close()
        server.closeAllConnections()
        await new Promise<void>(resolve => server.close(() => resolve()))
      },
    }
  } catch (error) {
    server.close()
    throw error
  }
}

const ports = z.record(z.string(), z.number().int().min(1).max(65_535)).catch({})

/** Listens where this account was last, else on any free port, and writes the port down. */
async function listen(server: Server, file: string, service: Service): Promise<number> {
  const last =
    ports.parse(
      await readFile(file, 'utf8')
        .then(JSON.parse)
        .catch(() => ({})),
    )[service] ?? 0
  const port = (last > 0 && (await tryPort(server, last))) || (await tryPort(server, 0))
  if (!port) throw new Error('No port is free for the practice account.')
  if (port !== last) {
    // Read again: another service of this account may have written its port meanwhile.
    const all = ports.parse(
      await readFile(file, 'utf8')
        .then(JSON.parse)
        .catch(() => ({})),
    )
    await writeFileAtomically(file, JSON.stringify({ ...all, [service]: port }))
  }
  return port
}

function tryPort(server: Server, port: number): Promise<number | null> {
  return new Promise(resolve => {
    const done = () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : null)
    }
    const failed = () => {
      server.off('listening', done)
      resolve(null)
    }
    server.once('error', failed)
    server.once('listening', done)
    server.listen(port, '127.0.0.1')
  })
}
