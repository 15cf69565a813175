import { AppError } from '../../core/errors.ts'
import type { Change } from '../../host/store/changes.ts'
import { createOutbox } from '../../host/store/changes.ts'
import { followChanges } from '../../host/store/follow-changes.ts'
import type { AppDatabase } from './apps.ts'

/** Whoever hears of an app's changes. `over` is aborted when another release of it is live, or this process ends. */
export type Line = { over: AbortSignal; close(): void }

/** Open pages and their like: they hear of the changes of an app for as long as they want, asleep or awake, and do not keep it awake. */
export type Lines = {
  /** `tell` hears of all changes from when this resolves, in their order. Errors: those of the app's database. */
  open(appId: string, tell: (change: Change) => void): Promise<Line>
  has(appId: string): boolean
  /** Something has changed in an app that is awake here. */
  tell(appId: string, change: Change): void
  /** Ends what is open on an app. */
  end(appId: string): void
  close(): void
}

type Options = {
  openDatabase(appId: string): Promise<AppDatabase>
  /** Nobody hears of the app any more. */
  onLast(appId: string): void
  report(error: AppError): void
}

/** How the changes of an app come to its lines: `changed` here, or read from where others write them, too. */
type Source = { changed(change: Change): void; stop(): Promise<void> }
type Group = { lines: Map<AbortController, (change: Change) => void>; source: Promise<Source> }

export function createLines({ openDatabase, onLast, report }: Options): Lines {
  const groups = new Map<string, Group>()

  /** Where others may change the app while it sleeps here, its outbox is read. Else whoever changes it wakes it here first. */
  async function openSource(appId: string, publish: (change: Change) => void): Promise<Source> {
    const { engine, close } = await openDatabase(appId)
    if (!engine.peers) {
      await close()
      return { changed: publish, stop: async () => {} }
    }
    const follower = followChanges({ database: engine, peers: engine.peers, tell: publish, report })
    const stop = () => follower.stop().finally(close)
    try {
      // Nobody may have opened the app since it was published.
      await createOutbox(engine)
      await follower.start()
    } catch (error) {
      await stop()
      throw error
    }
    return { changed: follower.look, stop }
  }

  function groupOf(appId: string): Group {
    const known = groups.get(appId)
    if (known) return known
    const lines: Group['lines'] = new Map()
    const source = openSource(appId, change => {
      for (const tell of lines.values()) tell(change)
    })
    const group = { lines, source }
    groups.set(appId, group)
    return group
  }

  function leave(appId: string, group: Group, line: AbortController): void {
    if (!group.lines.delete(line) || group.lines.size > 0) return
    if (groups.get(appId) === group) groups.delete(appId)
    group.source.then(({ stop }) => stop()).catch((error: unknown) => report(AppError.from(error)))
    onLast(appId)
  }

  const end = (appId: string): void => {
    for (const line of groups.get(appId)?.lines.keys() ?? []) line.abort()
  }

  return {
    async open(appId, tell) {
      const group = groupOf(appId)
      const line = new AbortController()
      group.lines.set(line, tell)
      try {
        await group.source
      } catch (error) {
        group.lines.delete(line)
        if (groups.get(appId) === group) groups.delete(appId)
        throw error
      }
      return { over: line.signal, close: () => leave(appId, group, line) }
    },
    has: appId => groups.has(appId),
    tell(appId, change) {
      // What could not be opened was said to whoever wanted to listen.
      groups.get(appId)?.source.then(
        ({ changed }) => changed(change),
        () => {},
      )
    },
    end,
    close: () => [...groups.keys()].forEach(end),
  }
}
