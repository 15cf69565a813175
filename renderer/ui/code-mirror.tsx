import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { cx } from './cx.ts'
import { styleNonce } from './nonce.ts'

/** A mark in the text. `line` and `column` count from 1. */
export type EditorProblem = { line?: number; column?: number; message: string; severity?: 'error' | 'warning' }

/** What is at a place in the text, to be shown while the pointer rests there. */
export type HoverSource = (text: string, at: number) => Promise<{ from: number; to: number; view: () => HTMLElement } | null>

export type CodeEditorProps = {
  /** Its accessible name. */
  label: string
  value: string
  onChange?: (value: string) => void
  /** Mod-s. */
  onSave?: () => void
  language: 'typescript' | 'json' | 'text'
  readOnly?: boolean
  problems?: EditorProblem[]
  /** Line to show and put the cursor on, counted from 1. */
  line?: number
  /** Another one asks for the same line again. */
  lineKey?: number
  complete?: CompletionSource
  hover?: HoverSource | null
  /** `well` for a small boxed editor that grows with its text. */
  look?: 'full' | 'well'
  className?: string
}

export function CodeMirror({
  label,
  value,
  onChange,
  onSave,
  language,
  readOnly = false,
  problems,
  line,
  lineKey,
  complete,
  hover,
  look = 'full',
  className,
}: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const handlers = useRef({ onChange, onSave, complete, hover })
  handlers.current = { onChange, onSave, complete, hover }
  const locked = useRef(new Compartment())

  useEffect(() => {
    if (!place.current) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          setup({ language, label, look }),
          locked.current.of(EditorState.readOnly.of(readOnly)),
          ...(complete ? [autocompletion({ override: [context => handlers.current.complete?.(context) ?? null] })] : []),
          hoverTooltip(async ({ state }, at) => {
            const found = await handlers.current.hover?.(state.doc.toString(), at)
            return found ? { pos: found.from, end: found.to, above: true, create: () => ({ dom: found.view() }) } : null
          }),
          keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (handlers.current.onSave?.(), true) }]),
          EditorView.updateListener.of(update => {
            if (update.docChanged) handlers.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
    // The editor is made anew for another language only; value and the rest are brought in below.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [language, label, look])

  // Before the next key is pressed: later, it would take an older `value` for a change from outside.
  useLayoutEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    const head = Math.min(editor.state.selection.main.head, value.length)
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, selection: { anchor: head } })
  }, [value])

  useEffect(() => view.current?.dispatch({ effects: locked.current.reconfigure(EditorState.readOnly.of(readOnly)) }), [readOnly])

  useEffect(() => {
    const editor = view.current
    if (editor)
      editor.dispatch(
        setDiagnostics(
          editor.state,
          (problems ?? []).map(problem => toDiagnostic(editor.state, problem)),
        ),
      )
  }, [problems])

  useEffect(() => {
    const editor = view.current
    if (!editor || !line) return
    const { from } = editor.state.doc.line(Math.min(line, editor.state.doc.lines))
    editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
    editor.focus()
  }, [line, lineKey])

  return (
    <div
      ref={place}
      className={cx('min-h-0', look === 'full' ? 'h-full overflow-hidden' : 'overflow-hidden rounded-2 field-border', className)}
    />
  )
}

function toDiagnostic(state: EditorState, { line = 1, column = 1, message, severity = 'error' }: EditorProblem) {
  const { from, to } = state.doc.line(Math.max(1, Math.min(line, state.doc.lines)))
  const start = Math.min(from + column - 1, to)
  return { from: start, to: state.wordAt(start)?.to ?? Math.max(start, to), message, severity }
}

function setup({ language, label, look }: Pick<CodeEditorProps, 'language' | 'label' | 'look'>): Extension {
  return [
    EditorView.cspNonce.of(styleNonce),
    look === 'full' ? [lineNumbers(), highlightActiveLine(), highlightActiveLineGutter()] : EditorView.lineWrapping,
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    syntaxHighlighting(highlighting),
    EditorState.tabSize.of(2),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...(look === 'full' ? [indentWithTab] : []),
    ]),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    theme,
    language === 'typescript' ? javascript({ typescript: true }) : language === 'json' ? json() : [],
  ]
}

const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword, tags.modifier], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-str)' },
  { tag: tags.number, color: 'var(--code-num)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.propertyName, tags.typeName], color: 'var(--code-fn)' },
  { tag: tags.comment, color: 'var(--code-note)' },
])

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'transparent', height: '100%', font: 'var(--t-code)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'var(--t-code)', overflow: 'auto' },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--accent-text)' },
  '.cm-line': { padding: '0 16px 0 12px' },
  '.cm-cursor': { borderLeftColor: 'var(--accent-text)', borderLeftWidth: '1.5px' },
  // Long lines pass below the numbers.
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-3)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { paddingLeft: '20px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'light-dark(#f3f2fd80, #1d1c2c80)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--pressed) !important' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: 'none',
    borderRadius: 'var(--r-2)',
    boxShadow: 'var(--shadow)',
    color: 'var(--text)',
  },
  '.cm-doc': { maxWidth: '420px', padding: '8px 10px', font: 'var(--t-12)' },
  '.cm-doc > p': { whiteSpace: 'pre-wrap', marginBottom: '6px' },
  '.cm-doc > pre': { font: 'var(--t-code)', fontSize: '12px', whiteSpace: 'pre-wrap', color: 'var(--text-2)' },
  '.cm-tooltip.cm-completionInfo': { padding: '0', margin: '0 4px' },
  '.cm-tooltip-autocomplete > ul': { font: 'var(--t-code)' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-diagnostic': { font: 'var(--t-12)', padding: '6px 10px', borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
})
