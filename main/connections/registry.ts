import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { connection } from '../../core/connection.ts'
import { AppError } from '../../core/errors.ts'
import { Changes } from '../../core/rpc/stream.ts'
import { writeFileAtomically } from '../../host/files/atomic.ts'

/** The public part of a connection as it is kept: what the user sees, and the journal of its refresh. Never a token. Times are ISO strings. */
const storedConnection = connection
  .omit({ state: true })
  .loose()
  .extend({
    state: z.enum(['connected', 'retrying', 'needs_reconnect', 'revoked', 'disconnected']),
    scopesAsked: z.array(z.string()),
    /** OAuth client it was made with: only that one can renew it. */
    clientId: z.string(),
    /** One authorization by the user; a reconnect makes a new one. */
    grantId: z.string(),
    /** +1 with every change of token. The secret's own number decides when they differ. */
    generation: z.number().int(),
    /** Written before a refresh token is sent: found after a crash, it says that the token may have been used. */
    attempt: z.object({ generation: z.number().int(), openedAt: z.string() }).nullable(),
    /** An earlier attempt with this token ended without an answer. */
    answerLost: z.boolean(),
    /** Attempts in a row that did not get through. */
    failures: z.number().int(),
  })
export type StoredConnection = z.infer<typeof storedConnection>

const file = z.looseObject({ v: z.literal(1), connections: z.array(z.unknown()) })

export type Registry = ReturnType<typeof openRegistry>

/** `connections.json` in the home directory. Every change is on disk before it is seen. An entry or file that cannot be read is kept aside and reported. */
export function openRegistry(home: string, report: (error: AppError) => void) {
  const path = join(home, 'connections.json')
  const changes = new Changes<{ appId: string }>()
  const { connections: read, unreadable } = readRegistry(path, report)
  let connections: ReadonlyMap<string, StoredConnection> = new Map(read.map(each => [each.id, each]))
  let last: Promise<unknown> = Promise.resolve()

  /** One change after the other, each from what the one before left. */
  function change<T>(appId: string, work: (draft: Map<string, StoredConnection>) => T): Promise<T> {
    const turn = last.then(async () => {
      const draft = new Map(connections)
      const result = work(draft)
      await writeFileAtomically(path, `${JSON.stringify({ v: 1, connections: [...draft.values(), ...unreadable] }, null, 2)}\n`)
      connections = draft
      changes.publish({ appId })
      return result
    })
    last = turn.catch(() => {})
    return turn
  }

  return {
    changes,
    change,
    all: () => [...connections.values()],
    get: (id: string) => connections.get(id),
    /** Changes one connection; nothing happens when it is gone. */
    async update(id: string, work: (current: StoredConnection) => Partial<StoredConnection>): Promise<void> {
      const appId = connections.get(id)?.appId
      if (appId === undefined) return
      await change(appId, draft => {
        const current = draft.get(id)
        if (current) draft.set(id, { ...current, ...work(current) })
      })
    },
  }
}

function readRegistry(path: string, report: (error: AppError) => void): { connections: StoredConnection[]; unreadable: unknown[] } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { connections: [], unreadable: [] }
    throw new AppError('unavailable', `Plugboard cannot read ${path}. Check its permissions.`, { cause: error })
  }
  const parsed = file.safeParse(parseJson(text))
  if (!parsed.success) {
    const kept = `${path}.damaged-${Date.now()}`
    renameSync(path, kept)
    report(
      new AppError('unavailable', `The list of connections was damaged. It is kept as ${kept}; connect your tools again.`, {
        cause: parsed.error,
      }),
    )
    return { connections: [], unreadable: [] }
  }
  const results = parsed.data.connections.map(each => ({ each, result: storedConnection.safeParse(each) }))
  return {
    connections: results.flatMap(({ result }) => (result.success ? [result.data] : [])),
    unreadable: results.flatMap(({ each, result }) => (result.success ? [] : [each])),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
