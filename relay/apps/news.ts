import { sql } from 'kysely'
import { AppError } from '../../core/errors.ts'
import type { Database, Steps } from '../../host/store/engine.ts'

/** What may have changed about an app: the release that is live, or the accounts it works with. */
export type Topic = 'release' | 'accounts'

/** Word between the processes of a relay that something about an app is not as it was. */
export type News = {
  /** From here on the listener hears of what is new about the app. Call it before what may change is read. Followed already, it stays so. */
  follow(appId: string): Promise<void>
  unfollow(appId: string): void
  /** Stored when it resolves: processes that miss the word find it where it is stored. The listener here is called first. */
  tell(appId: string, topic: Topic): Promise<void>
  /** Stores it within the transaction that makes it so: others hear of it even when this process dies right after. */
  note(appId: string, topic: Topic): Steps<void>
  /** To be called after that. */
  noted(appId: string, topic: Topic): void
  close(): void
}

type Counts = Record<Topic, number>
type Options = { database: Database; listener: (appId: string, topic: Topic) => void; report: (error: AppError) => void }

const topics = ['release', 'accounts'] as const

/** A row for each app counts what was told of it; a process compares it with what it has seen, for the apps that are awake there. */
export async function openNews({ database, listener, report }: Options): Promise<News> {
  await database.migrate('app-news', function* () {
    const { text, integer, strict } = database.types
    yield sql`create table app_news (app ${text} not null primary key, release ${integer} not null, accounts ${integer} not null) ${strict}`
  })
  const seen = new Map<string, Counts>()
  let looking: Promise<void> | null = null
  let again = false
  const stop = database.peers?.onWake(look) ?? (() => {})

  async function read(appIds: readonly string[]): Promise<Map<string, Counts>> {
    const rows = await database.query(sql`select app, release, accounts from app_news where app in (${sql.join([...appIds])})`)
    return new Map(rows.map(row => [String(row['app']), { release: Number(row['release']), accounts: Number(row['accounts']) }]))
  }

  function look(): void {
    again = true
    looking ??= compareAll()
      .catch((error: unknown) => report(AppError.from(error)))
      .finally(() => {
        looking = null
      })
  }

  async function compareAll(): Promise<void> {
    while (again && seen.size > 0) {
      again = false
      for (const [appId, counts] of await read([...seen.keys()])) compare(appId, counts)
    }
  }

  function compare(appId: string, counts: Counts): void {
    const before = seen.get(appId)
    if (!before) return
    seen.set(appId, counts)
    for (const topic of topics) if (counts[topic] > before[topic]) listener(appId, topic)
  }

  function* note(appId: string, topic: Topic): Steps<void> {
    // Nobody else could hear of it.
    if (!database.peers) return
    const [release, accounts] = topics.map(each => Number(each === topic))
    yield sql`insert into app_news (app, release, accounts) values (${appId}, ${release}, ${accounts})
      on conflict (app) do update set release = app_news.release + excluded.release, accounts = app_news.accounts + excluded.accounts`
  }

  return {
    async follow(appId) {
      // Alone on its database, it hears of everything at once.
      if (!database.peers || seen.has(appId)) return
      const counts = (await read([appId])).get(appId) ?? { release: 0, accounts: 0 }
      // Somebody else may follow it by now, and has seen no more than this.
      if (!seen.has(appId)) seen.set(appId, counts)
    },
    unfollow: appId => void seen.delete(appId),
    async tell(appId, topic) {
      listener(appId, topic)
      await database.transaction(() => note(appId, topic))
      database.peers?.wake()
    },
    note,
    noted(appId, topic) {
      listener(appId, topic)
      database.peers?.wake()
    },
    close() {
      stop()
      seen.clear()
    },
  }
}
