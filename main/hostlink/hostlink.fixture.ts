/** A host for the tests of the link: a real process that answers a part of the contract in the simplest way. */
import { os } from '@orpc/server'
import type { CredentialsContract } from '../../core/contract/credentials.ts'
import { connectPort } from '../../core/rpc/connect.ts'
import { splitPort, type Port } from '../../core/rpc/port.ts'
import { serveOnPort } from '../../core/rpc/serve.ts'
import { AppError } from '../../core/errors.ts'

const port: Port = {
  postMessage: message => void process.send?.(message),
  addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
    if (event === 'message') process.on('message', data => listener({ data }))
    else process.on('disconnect', () => listener({ data: undefined }))
  },
}
const parts = splitPort(port, ['host', 'credentials'])
const credentials = connectPort<CredentialsContract>(parts.credentials)
const open = new Set<string>()
const left: string[] = []

type Input = { appId: string; path: string; q?: unknown }
const on = (handler: (input: Input, signal?: AbortSignal) => unknown) => os.handler(({ input, signal }) => handler(input as Input, signal))

const router = {
  health: on(() => ({ pid: process.pid, rssBytes: 1, eventLoopP99Ms: 0 })),
  apps: {
    open: on(({ appId, path }) => {
      if (path === 'fatal' && process.env['LANG'] !== 'first' && open.size > 0) process.exit(7)
      open.add(appId)
      return { id: appId }
    }),
    close: on(({ appId }) => {
      open.delete(appId)
      return {}
    }),
    get: on(({ appId }) => {
      if (!open.has(appId)) throw new AppError('not_found', 'This app is not open. Open it from Home.')
      return { id: appId }
    }),
    watch: on(async function* ({ appId }, signal) {
      yield { id: appId }
      await new Promise(resolve => signal?.addEventListener('abort', resolve))
      left.push(appId)
    }),
  },
  records: {
    counts: on(() => new Promise(() => {})),
    list: on(() => ({ left, env: process.env })),
    get: on(({ appId }) => credentials.accounts({ appId })),
  },
  flows: { list: on(() => process.stderr.write('a line of the log\n')) },
}
serveOnPort(parts.host, router, () => {})
process.on('disconnect', () => process.exit(0))
