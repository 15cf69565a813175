import { randomUUID } from 'node:crypto'
import { AppError } from '../../core/errors.ts'

export type AccountChoice = 'new' | 'kept'

export type Questions = ReturnType<typeof createQuestions>

/** Sign-ins that brought another account than the one in use, and wait for the user to choose between the two. */
export function createQuestions() {
  const open = new Map<string, (choice: AccountChoice) => void>()
  return {
    /** `answer` rejects when `signal` aborts: a sign-in that nobody decides ends without a change. */
    ask(signal: AbortSignal): { id: string; answer: Promise<AccountChoice> } {
      const id = randomUUID()
      const { promise, resolve, reject } = Promise.withResolvers<AccountChoice>()
      const cancel = () => reject(signal.reason)
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel, { once: true })
      open.set(id, resolve)
      const answer = promise.finally(() => {
        open.delete(id)
        signal.removeEventListener('abort', cancel)
      })
      answer.catch(() => {})
      return { id, answer }
    },
    choose(id: string, choice: AccountChoice): void {
      const resolve = open.get(id)
      if (!resolve) throw new AppError('not_found', 'This sign-in is over. Start it again to use the other account.')
      resolve(choice)
    },
  }
}
