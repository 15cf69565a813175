import type { HeldToken } from '../../tokens/tokens.ts'

const earlyMs = 60_000

/** Tokens of others in memory alone, until a minute before their end. Callers for the same one share a question. `tokenIn` an answer: null when it has none. */
export function createBriefly<T>(tokenIn: (answer: T) => HeldToken | null, now: () => number) {
  const kept = new Map<string, { stretch: string; answer: T }>()
  const underWay = new Map<string, Promise<T>>()

  async function askNew(connectionId: string, stretch: string, ask: () => Promise<T>): Promise<T> {
    const answer = await ask()
    if (tokenIn(answer)) kept.set(connectionId, { stretch, answer })
    return answer
  }

  return {
    /** `stretch`: what the token belongs to; another one needs another token. `rejected`: the generation that a service refused. */
    async get(connectionId: string, stretch: string, rejected: number | undefined, ask: () => Promise<T>): Promise<T> {
      const found = kept.get(connectionId)
      const token = found?.stretch === stretch ? tokenIn(found.answer) : null
      const isGood =
        token !== null && token.generation !== rejected && (token.accessExpiresAt === null || token.accessExpiresAt - earlyMs > now())
      if (found && isGood) return found.answer
      const key = JSON.stringify([connectionId, stretch, rejected])
      const work = underWay.get(key) ?? askNew(connectionId, stretch, ask).finally(() => underWay.delete(key))
      underWay.set(key, work)
      return work
    },
    forget: (connectionId: string): void => void kept.delete(connectionId),
  }
}
