/** `npm run host -- PATH --port N`: serves one app's folder without a window: its API, functions and flows. Ends with Ctrl-C. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { getRequestListener } from '@hono/node-server'
import { appId } from '../core/app/names.ts'
import { AppError } from '../core/errors.ts'
import { createApi } from './api/api.ts'
import { noAccounts } from './api/no-accounts.ts'
import { createHost } from './host.ts'

const usage = 'Use it as: npm run host -- PATH [--port N]'

async function start(): Promise<void> {
  const { path, port } = await readArguments()
  const host = createHost({ credentials: noAccounts, report })
  const serviceToken = randomBytes(24).toString('base64url')
  const api = createApi(host, {
    serviceToken,
    report,
    onLog: (_, name, { level, text }) => console.error(`${name} ${level}: ${text}`),
  })
  const server = createServer(getRequestListener(api.fetch))
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await host.close()
    process.exit(0)
  }
  process.once('SIGINT', () => void close())
  process.once('SIGTERM', () => void close())

  // First the port: an app that cannot be reached must not start its flows.
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const id = idOf(path)
  await host.open(id, path)
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`
  console.log(`App “${id}” runs at ${origin}/api/apps/${id} with the service token ${serviceToken}`)
}

function report(error: AppError): void {
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : ''
  console.error(`${error.code}: ${error.message} ${cause}`.trimEnd())
}

async function readArguments(): Promise<{ path: string; port: number }> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { port: { type: 'string', default: '0' } } })
  const [path] = positionals
  if (!path || positionals.length > 1) throw new AppError('validation', `Name one app folder. ${usage}`)
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535)
    throw new AppError('validation', `“${values.port}” is no port. Choose a number up to 65535, or leave it out for a free one.`)
  const found = await stat(path).catch(() => null)
  if (!found?.isDirectory()) throw new AppError('not_found', `There is no folder “${path}”. ${usage}`)
  return { path: resolve(path), port: Number(values.port) }
}

/** An app's id from its folder's name. */
function idOf(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63)
  return appId.safeParse(name).data ?? 'app'
}

function explain(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  if (error instanceof AppError) return error.message
  if (code === 'EADDRINUSE') return 'That port is taken. Choose another one with --port, or leave it out for a free one.'
  if (code === 'EACCES') return 'That port or folder is not yours to use. Choose another one.'
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${message} ${usage}`
  return `The app could not be started: ${message}`
}

await start().catch((error: unknown) => {
  console.error(explain(error))
  process.exit(1)
})
