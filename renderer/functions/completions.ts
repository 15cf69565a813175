import type { Completion, CompletionSource } from '@codemirror/autocomplete'
import type { EditorView } from '@codemirror/view'
import type { HoverSource } from '../ui/code-mirror.tsx'
import { docView } from './language/doc-view.ts'
import type { LanguageWorker } from './language/language.ts'
import type { Suggestion } from './language/service.ts'

/** What may stand at the cursor in a function, in TypeScript's knowledge of the app's tables and tools. */
export function completionsFrom(language: LanguageWorker, path: string): CompletionSource {
  return async context => {
    const text = context.state.doc.toString()
    const before = context.matchBefore(/[\w$]+|[.{,'"\s]/)
    if (!context.explicit && !before) return null
    // Who types at once after a start would else be offered nothing, and not be asked again.
    await language.declared
    const found = await language.ask('suggest', { path, text, at: context.pos, asked: context.explicit })
    if (!found || context.aborted) return null
    return {
      from: found.from,
      options: found.entries.map(entry => toCompletion(language, { path, text, at: context.pos }, entry)),
      validFor: /^[\w$]*$/,
    }
  }
}

export function hoverFrom(language: LanguageWorker, path: string): HoverSource {
  return async (text, at) => {
    await language.declared
    const found = await language.ask('hover', { path, text, at })
    return found && { from: found.from, to: found.to, view: () => docView(found) }
  }
}

type Place = { path: string; text: string; at: number }

function toCompletion(language: LanguageWorker, place: Place, { label, kind, order, insert, source, data }: Suggestion): Completion {
  const describe = () => language.ask('describe', { ...place, chosen: { label, source, data } })
  const text = insert ?? label
  return {
    label,
    type: types[kind] ?? 'variable',
    // What is near comes before what is everywhere.
    boost: Math.max(-50, (13 - order) * 10),
    // A choice says all by itself.
    ...(kind !== 'string' && {
      info: async () => {
        const described = await describe()
        return described && docView(described)
      },
    }),
    apply: source
      ? (view: EditorView, _, from: number, to: number) =>
          void describe().then(described => {
            const { state } = view
            // What was typed in the meantime stays.
            if (state.doc.toString() !== place.text && state.selection.main.head !== to) return
            const edits = (described?.edits ?? []).map(edit => ({ from: edit.from, to: edit.to, insert: edit.insert }))
            const changes = state.changes([...edits, { from, to, insert: text }])
            view.dispatch({ changes, selection: { anchor: changes.mapPos(to, 1) }, userEvent: 'input.complete' })
          })
      : text,
  }
}

const types: Readonly<Record<string, string>> = {
  method: 'method',
  property: 'property',
  getter: 'property',
  function: 'function',
  'local function': 'function',
  class: 'class',
  interface: 'interface',
  type: 'type',
  keyword: 'keyword',
  module: 'namespace',
  enum: 'enum',
  string: 'constant',
  const: 'variable',
}
