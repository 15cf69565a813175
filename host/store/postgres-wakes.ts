import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Peers } from './engine.ts'

export type Wakes = {
  peersOf(schema: string): Peers
  close(): Promise<void>
}

type Options = {
  url: string
  /** All look by themselves this often: word is lost with a process that dies before it sent it, and while a connection is down. */
  lookEveryMs: number
  reconnectAfterMs: number
  connectTimeoutMs: number
}

const channel = 'plugboard'

/**
 * Word of commits between processes, over one connection that listens and notifies. It is sent after the commit and not with it: Postgres
 * lets only one transaction with a notification commit at a time, in the whole database. Many commits of a schema are one word.
 */
export function openWakes({ url, lookEveryMs, reconnectAfterMs, connectTimeoutMs }: Options): Wakes {
  const self = randomUUID()
  const listeners = new Map<string, Set<() => void>>()
  const pending = new Set<string>()
  let client: pg.Client | null = null
  let connecting: Promise<void> | null = null
  let isSending = false
  let isClosed = false
  const looking = setInterval(wakeAll, lookEveryMs).unref()

  function wakeAll(): void {
    for (const all of listeners.values()) for (const listener of all) listener()
  }

  function connect(): void {
    if (isClosed || client || connecting) return
    connecting = greet()
  }

  async function greet(): Promise<void> {
    try {
      await open()
      wakeAll()
    } catch {
      setTimeout(connect, reconnectAfterMs).unref()
    } finally {
      connecting = null
    }
    await send()
  }

  async function open(): Promise<void> {
    const opened = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      application_name: 'plugboard wakes',
    })
    const lost = () => {
      if (client !== opened) return
      client = null
      setTimeout(connect, reconnectAfterMs).unref()
    }
    opened.on('error', lost)
    opened.on('end', lost)
    opened.on('notification', ({ payload = '' }) => {
      const [sender, schema = ''] = payload.split(' ')
      if (sender !== self) for (const listener of listeners.get(schema) ?? []) listener()
    })
    try {
      await opened.connect()
      // A word that is lost with the power is no loss, so it need not wait for the disk.
      await opened.query(`set synchronous_commit = off; listen ${channel}`)
    } catch (error) {
      await opened.end().catch(() => {})
      throw error
    }
    client = opened
    if (isClosed) await opened.end()
  }

  async function send(): Promise<void> {
    if (isSending) return
    isSending = true
    try {
      for (;;) {
        if (!client || pending.size === 0) return
        const words = [...pending].map(schema => `${self} ${schema}`)
        pending.clear()
        await client.query('select pg_notify($1, word) from unnest($2::text[]) as word', [channel, words])
      }
    } catch {
      // The connection is lost. Who listens looks by itself.
    } finally {
      isSending = false
    }
  }

  return {
    peersOf: schema => ({
      wake() {
        pending.add(schema)
        connect()
        setImmediate(() => void send())
      },
      onWake(listener) {
        const all = listeners.get(schema) ?? new Set()
        listeners.set(schema, all.add(listener))
        connect()
        return () => {
          all.delete(listener)
          if (all.size === 0) listeners.delete(schema)
        }
      },
    }),
    async close() {
      isClosed = true
      clearInterval(looking)
      listeners.clear()
      await connecting
      const open = client
      client = null
      await open?.end().catch(() => {})
    },
  }
}
