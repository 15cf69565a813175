import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { AppError } from '../core/errors.ts'
import { writeFileAtomically } from '../host/files/atomic.ts'
import { takeLock } from '../host/files/lock.ts'
import { onlyThisMachine } from './guard.ts'
import { doorAnswer, doorInfo, doorRequest } from './protocol.ts'
import { createRunning } from './running.ts'

export type DoorOptions = { folder: string; port: number; report(problem: string): void }
export type Door = { url: string; close(): Promise<void> }

/**
 * Practice accounts as a service of their own: they live in `folder`, and programs of this machine ask at the door where those of an app
 * are. Errors: `conflict` when the folder or the port is in use.
 */
export async function openDoor({ folder, port, report }: DoorOptions): Promise<Door> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Two processes over one account would each write what the other has not heard of.
  const lock = takeLock(join(folder, 'lock.db'))
  if (!lock)
    throw new AppError('conflict', `Another practice service uses ${folder}. Stop it, or choose another folder with PRACTICE_DATA.`)
  const running = createRunning(report)
  const app = new Hono()
  const server = createServer(getRequestListener(app.fetch))
  try {
    const practice = await idIn(folder)
    await listen(server, port)
    const actual = (server.address() as AddressInfo).port
    app.use(onlyThisMachine(actual))
    app.get('/', c => c.json(doorInfo.parse({ practice })))
    app.post('/accounts', async c => {
      const asked = doorRequest.safeParse(await c.req.json().catch(() => null))
      if (!asked.success) return c.text('A practice service is asked for {app, service}.', 400)
      const { app: appId, service, redirectUri } = asked.data
      return c.json(doorAnswer.parse({ origin: await running.originOf(service, join(folder, 'apps', appId), redirectUri) }))
    })
    app.onError((error, c) => {
      report(error.stack ?? error.message)
      return c.text('The practice account did not start.', 500)
    })
    return {
      url: `http://127.0.0.1:${actual}`,
      async close() {
        server.closeAllConnections()
        await new Promise<void>(resolve => server.close(() => resolve()))
        await running.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function idIn(folder: string): Promise<string> {
  const file = join(folder, 'id')
  const known = await readFile(file, 'utf8').catch(() => null)
  if (known) return known
  const made = randomUUID()
  await writeFileAtomically(file, made)
  return made
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', cause =>
    reject(new AppError('conflict', `Port ${port} is taken by another program. Choose another one with PRACTICE_PORT.`, { cause })),
  )
  server.listen(port, '127.0.0.1', resolve)
  return promise
}
