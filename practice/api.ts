import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Emulated } from './emulated.ts'

/** A caller of an emulator's own API from inside this process, as one of its people. Its tokens are never saved. */
export function createInternalApi(emulated: Emulated, origin: string) {
  const tokens = new Map<string, string>()

  function tokenFor(login: string, id: number, scopes: string[]): string {
    const known = tokens.get(login)
    if (known) return known
    const token = `internal-${randomUUID()}`
    tokens.set(login, token)
    emulated.tokens.set(token, { login, id, scopes })
    return token
  }

  return {
    isInternal: (token: string) => token.startsWith('internal-'),
    /** Calls the emulator and reads its JSON. Throws when the emulator refuses: that is a bug of ours. */
    async call<T>(as: { login: string; id: number; scopes?: string[] }, path: string, answer: z.ZodType<T>, body?: unknown): Promise<T> {
      const response = await emulated.fetch(
        new Request(origin + path, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { authorization: `Bearer ${tokenFor(as.login, as.id, as.scopes ?? [])}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      )
      if (!response.ok) throw new Error(`${path} answered ${response.status}`)
      return answer.parse(await response.json())
    },
  }
}

export type InternalApi = ReturnType<typeof createInternalApi>
