import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { sendRelease, type Upload } from '../../main/publish/transfer.ts'
import { openRelayReleases } from '../../main/publish/relay-releases.ts'
import type { RelayRequest } from '../../main/relay/answers.ts'
import type { Patience } from '../../main/publish/patience.ts'
import { AppError } from '../../core/errors.ts'
import { byPath, type Manifest } from '../../core/release/manifest.ts'
import { sha256Of } from '../../host/files/release-folder.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { setUp, startTestRelay, type Teardown, type TestRelay, type TestRelayOptions } from '../relay.fixture.ts'

/** Speaks to a relay with one access token, as a desktop does. `origin` may change: a relay that comes back has another port. */
export function requestWith(origin: () => string, token: string): RelayRequest {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return fetch(origin() + path, { ...init, headers }).catch((cause: unknown) => {
      init.signal?.throwIfAborted()
      throw new AppError('unavailable', 'The relay cannot be reached.', { cause })
    })
  }
}

/** A relay with its owner's desktop signed in. */
export async function startPublishing(t: Teardown, options: TestRelayOptions = {}) {
  return openPublisher(await startTestRelay(t, options))
}

/** Sets a relay up, wherever it runs, and signs its owner's desktop in. */
export async function openPublisher<Relay extends Pick<TestRelay, 'url' | 'setupUrl' | 'browser'>>(relay: Relay) {
  const browser = await setUp(relay)
  const { access } = await signInDesktop(relay.url, browser)
  return { relay, browser, access, releases: openRelayReleases(requestWith(() => relay.url, access)) }
}

/** The files of an app: what they are called, and what is in them. */
export function makeRelease(contents: Record<string, string | Uint8Array>) {
  const bytes = new Map<string, Uint8Array>()
  const files: Manifest = Object.entries(contents)
    .map(([path, content]) => {
      const data = typeof content === 'string' ? new TextEncoder().encode(content) : content
      const sha256 = sha256Of(data)
      bytes.set(sha256, data)
      return { path, sha256, size: data.length, mode: '100644' as const }
    })
    .sort(byPath)
  return { files, bytesOf: async ({ sha256 }: { sha256: string }) => bytes.get(sha256) ?? new Uint8Array(0) }
}

export const config = (name: string): string => JSON.stringify({ name })

/** Tries again at once. `waited` notes each time that the line was down. */
export function impatient(): Patience & { waited: string[] } {
  const waited: string[] = []
  return { waited, waiting: why => void (why && waited.push(why.message)), pause: async () => {} }
}

/** Brings a release to the relay, and tries again at once. */
export const sendNow = (upload: Omit<Upload, 'patience' | 'told'>) => sendRelease({ ...upload, patience: impatient(), told: () => {} })

/**
 * Stands between a desktop and its relay. `cut(bytes)`: lets so many bytes more through towards the relay, then breaks every connection
 * that is open and calls `then`.
 */
export async function startCuttingProxy(t: Teardown, target: () => string) {
  const sockets = new Set<Socket>()
  let left = Number.POSITIVE_INFINITY
  let then: () => void = () => {}
  let through = 0
  const server = createServer(client => {
    const { port, hostname } = new URL(target())
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    client.on('data', data => {
      const passes = data.subarray(0, left)
      through += passes.length
      left -= passes.length
      if (left > 0) return void upstream.write(passes)
      left = Number.POSITIVE_INFINITY
      upstream.write(passes, () => {
        for (const socket of sockets) socket.destroy()
        then()
      })
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Bytes that went through towards the relay. */
    through: () => through,
    cut(bytes: number, and: () => void = () => {}) {
      left = Math.max(1, bytes)
      then = and
    },
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
