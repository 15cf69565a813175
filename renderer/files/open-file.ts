import { createStore, type StoreApi } from 'zustand/vanilla'
import { AppError } from '../../core/errors.ts'

export type FileVersion = { text: string; version: string }

/** What an open file needs of the world. `draft` keeps what is typed until it is saved, whatever happens to the page. */
export type FileRoom = {
  read(): Promise<FileVersion>
  /** Fails with `conflict` when the file is no longer at `baseVersion`. */
  write(text: string, baseVersion: string | undefined): Promise<{ version: string }>
  draft: { get(): { text: string; baseVersion: string } | null; set(draft: { text: string; baseVersion: string } | null): void }
}

export type OpenFileState = {
  /** Null until it is read. */
  text: string | null
  /** What is on disk as far as we know. */
  saved: FileVersion | null
  state: 'loading' | 'saved' | 'typing' | 'saving' | 'failed' | 'conflict'
  /** Epoch ms of the last save of this session. */
  savedAt: number | null
  error: AppError | null
}

export type OpenFile = {
  store: StoreApi<OpenFileState>
  /** Reads the file again: after a change by someone else. What is typed and not saved stays. */
  refresh(): Promise<void>
  edit(text: string): void
  /** Saves now what is typed. Resolves to true when the disk has it. */
  save(): Promise<boolean>
  /** Gives up what is typed for what is on disk; returns what was given up. */
  loadTheirs(): Promise<string | null>
  /** Writes what is typed over what is on disk. */
  keepMine(): Promise<boolean>
}

const pauseMs = 600

/** One file being edited: saved by itself a moment after the last key, never over someone else's change, and never lost. */
export function openFile({ read, write, draft }: FileRoom): OpenFile {
  const store = createStore<OpenFileState>(() => ({ text: null, saved: null, state: 'loading', savedAt: null, error: null }))
  const get = store.getState
  let pause: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<boolean> | null = null
  /** Counts edits and saves: an answer that was asked for before one of them is out of date. */
  let steps = 0

  const hasUnsaved = (): boolean => get().text !== null && get().text !== get().saved?.text

  async function refresh(): Promise<void> {
    const asked = steps
    try {
      const found = await read()
      if (asked === steps && !writing) take(found)
    } catch (error) {
      if (get().text === null) store.setState({ state: 'failed', error: AppError.from(error) })
    }
  }

  function take(found: FileVersion): void {
    const { text, saved } = get()
    if (text === null) return takeFirst(found)
    if (saved?.version === found.version || hasUnsaved()) return
    store.setState({ text: found.text, saved: found, state: 'saved', error: null })
  }

  function takeFirst(found: FileVersion): void {
    const kept = draft.get()
    if (!kept || kept.text === found.text) {
      draft.set(null)
      return store.setState({ text: found.text, saved: found, state: 'saved', error: null })
    }
    if (kept.baseVersion === found.version) {
      store.setState({ text: kept.text, saved: found, state: 'typing', error: null })
      return void save()
    }
    store.setState({ text: kept.text, saved: { text: '', version: kept.baseVersion }, state: 'conflict', error: null })
  }

  function edit(text: string): void {
    const { saved, state, text: before } = get()
    if (before === null || text === before) return
    steps++
    draft.set(saved && { text, baseVersion: saved.version })
    store.setState({ text, state: state === 'conflict' ? 'conflict' : 'typing', error: null })
    clearTimeout(pause)
    if (state !== 'conflict') pause = setTimeout(() => void save(), pauseMs)
  }

  function save(): Promise<boolean> {
    clearTimeout(pause)
    if (get().text === null || get().state === 'conflict') return Promise.resolve(false)
    writing ??= writeUntilSaved().finally(() => {
      writing = null
    })
    return writing
  }

  async function writeUntilSaved(): Promise<boolean> {
    while (hasUnsaved()) {
      const { text, saved } = get()
      if (text === null) return false
      store.setState({ state: 'saving' })
      try {
        const { version } = await write(text, saved?.version)
        wrote(text, version)
      } catch (error) {
        const known = AppError.from(error)
        store.setState(known.code === 'conflict' ? { state: 'conflict', error: null } : { state: 'failed', error: known })
        return false
      }
    }
    draft.set(null)
    store.setState({ state: 'saved', error: null })
    return true
  }

  function wrote(text: string, version: string): void {
    steps++
    const typed = get().text
    draft.set(typed === null || typed === text ? null : { text: typed, baseVersion: version })
    store.setState({ saved: { text, version }, savedAt: Date.now(), error: null })
  }

  return {
    store,
    refresh,
    edit,
    save,
    async loadTheirs() {
      const mine = get().text
      const found = await read()
      steps++
      draft.set(null)
      store.setState({ text: found.text, saved: found, state: 'saved', error: null })
      return mine
    },
    async keepMine() {
      const theirs = await read().catch(error => (AppError.from(error).code === 'not_found' ? null : Promise.reject(error)))
      store.setState({ saved: theirs, state: 'typing' })
      return save()
    },
  }
}
