import { setTimeout as pause } from 'node:timers/promises'

type Nothing = null | undefined | false | 0 | ''

/** Asks again and again until there is an answer, and gives it. Fails after four minutes, one before the test runner does: a busy machine is no failure. */
export async function until<T>(ask: () => T | Promise<T>, what = String(ask)): Promise<Exclude<T, Nothing>> {
  const deadline = performance.now() + 240_000
  for (;;) {
    const answer = await ask()
    if (answer) return answer as Exclude<T, Nothing>
    if (performance.now() > deadline) throw new Error(`Waited four minutes for: ${what}`)
    await pause(5)
  }
}
