/** The browser shell: Plugboard on loopback HTTP and WebSocket, for machines without Electron, for servers and for tests. */
import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { AppError } from '../../core/errors.ts'
import { createApp } from '../app.ts'
import { hostEnvironment } from '../../host/child-environment.ts'
import { homePath, openHome } from '../home.ts'
import type { PlugboardApp, ShellHost } from '../shell.ts'
import { openInBrowser } from './browser.ts'
import { forkNode } from '../../host/child.ts'
import { parseServeOptions } from './options.ts'
import { startServer } from './server.ts'

const closingTimeoutMs = 10_000
const parentCheckMs = 500

const shell: ShellHost = {
  kind: 'serve',
  // The page is in a browser already and opens addresses itself.
  openBrowser: async () => {},
  fork: program => forkNode(join(import.meta.dirname, `${program}.js`), hostEnvironment(process.env)),
}

async function start(): Promise<void> {
  const options = parseServeOptions(process.argv.slice(2))
  const home = await openHome(homePath(process.env))
  const server = await startServer({ port: options.port, rendererRoot: join(import.meta.dirname, '../renderer') })
  const app = await createApp({ shell, home: home.path, version: manifest.version, practiceUrl: process.env['PLUGBOARD_PRACTICE_URL'] })
  server.attach(app)
  endWhenAsked(async () => {
    await server.close()
    await app.close()
    await home.close()
  })
  surviveBugs(app)
  await home.announce(server.address)
  process.stdout.write(`Plugboard is running at ${server.address}\n`)
  if (options.open) openInBrowser(server.address)
}

/** The first Ctrl+C closes in order, a second one at once. Under `npm start`, the end of the shell that npm started us with counts as one. */
function endWhenAsked(close: () => Promise<void>): void {
  let closing = false
  const end = () => {
    if (closing) return
    closing = true
    setTimeout(() => process.exit(1), closingTimeoutMs).unref()
    void close().finally(() => process.exit(0))
  }
  process.on('SIGINT', () => (closing ? process.exit(130) : end()))
  process.on('SIGTERM', end)
  process.on('SIGHUP', end)
  const parent = Number(process.env['PLUGBOARD_PARENT'])
  if (parent) setInterval(() => process.ppid === parent || end(), parentCheckMs).unref()
}

function surviveBugs(app: PlugboardApp): void {
  process.on('uncaughtException', cause => app.report(AppError.from(cause)))
}

start().catch((error: unknown) => {
  const { message, cause } = AppError.from(error)
  process.stderr.write(`${message}\n`)
  if (!(error instanceof AppError)) process.stderr.write(`${String(cause instanceof Error ? cause.stack : cause)}\n`)
  process.exit(1)
})
