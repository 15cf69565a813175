import { typesFor } from '../../../core/app/types-text.ts'
import type { Answered, Asked } from './messages.ts'
import { createLanguage } from './service.ts'

// A worker of its own: TypeScript is large, and reading a program takes longer than a frame.

const texts = import.meta.glob<string>(
  ['../../../node_modules/typescript-6/lib/lib.es*.d.ts', '../../../node_modules/typescript-6/lib/lib.{decorators*,webworker}.d.ts'],
  { query: '?raw', import: 'default', eager: true },
)
const language = createLanguage(Object.fromEntries(Object.entries(texts).map(([path, text]) => [path.replace(/^.*\//, ''), text])))

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  let answered: Answered
  try {
    answered = { id: data.id, answer: answer(data) }
  } catch (error) {
    answered = { id: data.id, failed: String(error) }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's, not a window's
  postMessage(answered)
})

function answer({ question, ask }: Asked): unknown {
  switch (question) {
    case 'declare':
      language.declare(typesFor({ entities: ask.entities }, ask.connectors))
      return null
    case 'suggest':
      return language.suggest(ask.path, ask.text, ask.at, ask.asked)
    case 'describe':
      return language.describe(ask.path, ask.text, ask.at, ask.chosen)
    case 'hover':
      return language.hover(ask.path, ask.text, ask.at)
    case 'problems':
      return language.problems(ask.path, ask.text)
  }
}
