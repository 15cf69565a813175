import ts from 'typescript-6'

/** A place in the text, as offsets in UTF-16 units; `to` is behind its last one. */
export type Span = { from: number; to: number }
export type Suggestion = {
  label: string
  kind: string
  /** Lower comes first. */
  order: number
  /** What is inserted when it is not the label. */
  insert?: string
  /** It has to be imported first; `describe` says how. */
  source?: string
  data?: ts.CompletionEntryData
}
export type Suggestions = Span & { entries: Suggestion[] }
/** `signature` as code, `text` in words. `edits` come along when it is chosen, such as an import. */
export type Description = { signature: string; text: string; edits: (Span & { insert: string })[] }
export type Hover = Span & Pick<Description, 'signature' | 'text'>
export type TypeProblem = { line: number; column: number; message: string }

export type Language = ReturnType<typeof createLanguage>

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.esnext.d.ts', 'lib.webworker.d.ts'],
  types: [],
  strict: true,
  // A function without a word about its input is right as it is.
  noImplicitAny: false,
  noEmit: true,
  skipLibCheck: true,
  allowJs: true,
  allowImportingTsExtensions: true,
}
const preferences: ts.GetCompletionsAtPositionOptions = {
  quotePreference: 'single',
  includeCompletionsWithInsertText: true,
  includeCompletionsForModuleExports: true,
}
const declarationsFile = '/plugboard.d.ts'

/** What the bundler says already, with more knowledge: files, packages and Node's modules beside the function are not here. */
const aboutImports = new Set([2307, 2580, 2591, 2792, 5097, 7016])

/**
 * TypeScript over one function in memory, without any file. `library` has the texts of the standard's declarations by file name. What is
 * imported from the app's other files is not known and so is never wrong.
 */
export function createLanguage(library: Readonly<Record<string, string>>) {
  const files = new Map<string, { text: string; version: number }>()
  const snapshots = new Map<string, ts.IScriptSnapshot>()
  let entry = '/entry.ts'

  const textOf = (name: string): string | undefined => files.get(name)?.text ?? library[name.replace(/^.*\//, '')]
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [declarationsFile, entry],
    getScriptVersion: name => String(files.get(name)?.version ?? 0),
    getScriptSnapshot(name) {
      const known = snapshots.get(name)
      if (known) return known
      const text = textOf(name)
      if (text === undefined) return undefined
      const made = ts.ScriptSnapshot.fromString(text)
      snapshots.set(name, made)
      return made
    },
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '/lib.esnext.d.ts',
    fileExists: name => textOf(name) !== undefined,
    readFile: textOf,
    directoryExists: name => name === '/',
    getDirectories: () => [],
  })

  function put(name: string, text: string): void {
    const before = files.get(name)
    if (before?.text === text) return
    files.set(name, { text, version: (before?.version ?? 0) + 1 })
    snapshots.delete(name)
  }

  /** The function as it is typed now. */
  function open(path: string, text: string): string {
    const name = `/${path}`
    if (name !== entry) {
      files.delete(entry)
      snapshots.delete(entry)
      entry = name
    }
    put(name, text)
    return name
  }

  return {
    /** The declarations of the app: its tables and its tools. */
    declare: (text: string) => put(declarationsFile, text),

    suggest(path: string, text: string, at: number, asked: boolean): Suggestions | null {
      const name = open(path, text)
      const found = service.getCompletionsAtPosition(name, at, preferences)
      const word = /[\w$]*$/.exec(text.slice(0, at))?.[0].length ?? 0
      // After a bracket or a blank, only what belongs there is offered by itself: not every name there is.
      if (!found || (!asked && word === 0 && found.isGlobalCompletion)) return null
      const { optionalReplacementSpan: span } = found
      const entries = found.entries.filter(isOfUse).map(toSuggestion)
      return entries.length === 0 ? null : { from: span?.start ?? at - word, to: at, entries }
    },

    describe(
      path: string,
      text: string,
      at: number,
      { label, source, data }: Pick<Suggestion, 'label' | 'source' | 'data'>,
    ): Description | null {
      const details = service.getCompletionEntryDetails(open(path, text), at, label, {}, source, preferences, data)
      if (!details) return null
      const edits = (details.codeActions ?? []).flatMap(({ changes }) => changes.flatMap(({ textChanges }) => textChanges))
      return {
        signature: ts.displayPartsToString(details.displayParts),
        text: ts.displayPartsToString(details.documentation),
        edits: edits.map(({ span, newText }) => ({ from: span.start, to: span.start + span.length, insert: newText })),
      }
    },

    hover(path: string, text: string, at: number): Hover | null {
      const info = service.getQuickInfoAtPosition(open(path, text), at)
      if (!info) return null
      const { start, length } = info.textSpan
      const signature = ts.displayPartsToString(info.displayParts)
      return { from: start, to: start + length, signature, text: ts.displayPartsToString(info.documentation) }
    },

    /** What cannot be as it is written. Faults of syntax are left to the bundler, which says them too. */
    problems(path: string, text: string): TypeProblem[] {
      const name = open(path, text)
      if (service.getSyntacticDiagnostics(name).length > 0) return []
      return service.getSemanticDiagnostics(name).flatMap(({ file, start, code, category, messageText }) => {
        if (!file || start === undefined || category !== ts.DiagnosticCategory.Error || aboutImports.has(code)) return []
        const { line, character } = file.getLineAndCharacterOfPosition(start)
        return [{ line: line + 1, column: character + 1, message: inOneLine(ts.flattenDiagnosticMessageText(messageText, '\n')) }]
      })
    },
  }
}

/** Of what could be imported, only what Plugboard gives. Its inner modules and the machinery of declarations are no use to anybody. */
const isOfUse = ({ source, name, kind }: ts.CompletionEntry): boolean =>
  (source === undefined || source === 'plugboard') && !name.startsWith('__') && kind !== ts.ScriptElementKind.warning

const toSuggestion = ({ name, kind, sortText, insertText, source, data }: ts.CompletionEntry): Suggestion => ({
  label: name,
  kind,
  order: Number.parseInt(sortText, 10) || 99,
  ...(insertText !== undefined && insertText !== name && { insert: insertText }),
  ...(source !== undefined && { source, data }),
})

const inOneLine = (message: string): string => {
  const text = message
    .split('\n')
    .map(line => line.trim())
    .slice(0, 2)
    .join(' ')
  return text.endsWith('.') ? text : `${text}.`
}
