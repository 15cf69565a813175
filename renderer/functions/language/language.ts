import type { Answered, Question, Questions } from './messages.ts'
// oxlint-disable-next-line import/default -- made by Vite
import workerUrl from './worker.ts?worker&url'

declare const trustedTypes: {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): URL }
}

/** TypeScript in a worker, for one open function. Answers come in the order of the questions. */
export type LanguageWorker = {
  ask<Q extends Question>(question: Q, ask: Questions[Q]['ask']): Promise<Questions[Q]['answer']>
  /** Once it has been told of the app for the first time. What is asked before is answered without its tables and tools. */
  declared: Promise<void>
  stop(): void
}

let policy: ReturnType<typeof trustedTypes.createPolicy> | undefined

/** Starts it; it reads the standard's declarations with the first question. `stop` frees its memory; what is still asked then never answers. */
export function startLanguage(): LanguageWorker {
  // The page may start only scripts that a policy lets through: this one knows the one script.
  policy ??= trustedTypes.createPolicy('plugboard-language', { createScriptURL: () => workerUrl })
  const worker = new Worker(policy.createScriptURL(workerUrl), { type: 'module', name: 'language' })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const declared = Promise.withResolvers<void>()
  let ids = 0
  let firstDeclaration = 0
  worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
    const wait = waiting.get(data.id)
    waiting.delete(data.id)
    if (data.id === firstDeclaration) declared.resolve()
    if ('failed' in data) wait?.reject(new Error(data.failed))
    else wait?.resolve(data.answer)
  })
  return {
    ask<Q extends Question>(question: Q, ask: Questions[Q]['ask']) {
      const wait = Promise.withResolvers<unknown>()
      const id = ++ids
      waiting.set(id, wait)
      if (question === 'declare') firstDeclaration ||= id
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
      worker.postMessage({ id, question, ask })
      return wait.promise as Promise<Questions[Q]['answer']>
    },
    declared: declared.promise,
    stop: () => worker.terminate(),
  }
}
