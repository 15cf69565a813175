import { setTimeout } from 'node:timers/promises'
import { Hono, type Context } from 'hono'
import type { ChangedEntities } from '../../core/contract/published.ts'
import { AppError } from '../../core/errors.ts'
import type { RunningApp } from '../../host/running-app.ts'
import { ruleFilter, type RuleUser } from '../../host/rules/rules.ts'
import { fieldsOf } from '../../host/store/fields.ts'
import { matches } from '../../host/store/matches.ts'
import type { Change } from '../../host/store/store.ts'
import { addressOf, authHeaders } from '../web/request.ts'
import type { PublishedEnv } from './env.ts'
import type { PublishedRooms } from './published.ts'
import { findVisitor } from './visitor.ts'

/** A busy app tells its pages this often. */
const gatherMs = 150
/** A comment keeps proxies from closing the line, and a line that nobody reads from staying open. */
const beatMs = 20_000
const mostLines = 30
/** After this long the page asks anew, and shows once more who it is for: a line that nothing is told on does not notice a session's end. */
const longestMs = 30 * 60_000

/** `api/changes`: which entities have changed, for as long as whoever asked may read them. */
export function changeRoutes(rooms: PublishedRooms): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>()
  const lines = new Map<string, number>()

  app.get('/changes', async c => {
    const who = `${c.get('site').appId} ${c.get('sessionId') ?? addressOf(c) ?? ''}`
    const open = lines.get(who) ?? 0
    if (open >= mostLines) throw new AppError('rate_limited', 'This app is open in too many windows. Close some and load this one again.')
    lines.set(who, open + 1)
    const ended = new AbortController()
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const say = (text: string) => controller.enqueue(new TextEncoder().encode(text))
        void follow(rooms, c, { say, gone: ended.signal })
          .catch((error: unknown) => rooms.log.report(AppError.from(error), { appId: c.get('site').appId }))
          .finally(() => {
            count(who)
            if (!ended.signal.aborted) controller.close()
          })
      },
      cancel: () => ended.abort(),
    })
    return c.body(body, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  })

  function count(who: string): void {
    const left = (lines.get(who) ?? 1) - 1
    if (left > 0) lines.set(who, left)
    else lines.delete(who)
  }

  return app
}

type Listener = { say(text: string): void; gone: AbortSignal }

/**
 * Tells changes until somebody ends it: the browser, a new version of the app, the relay that stops, or the end of the session. The app may
 * sleep meanwhile: only what is to be told wakes it, to ask whether whoever listens may know.
 */
async function follow(rooms: PublishedRooms, c: Context<PublishedEnv>, { say, gone }: Listener): Promise<void> {
  const site = c.get('site')
  const sessionId = c.get('sessionId')
  const headers = authHeaders(c)
  const changes: Change[] = []
  let wake = Promise.withResolvers<void>()
  const line = await rooms.apps.listen(site.appId, change => {
    changes.push(change)
    wake.resolve()
  })
  const over = AbortSignal.any([gone, rooms.ending, line.over])
  const endsAt = performance.now() + longestMs

  /** The entities of which this visitor may read something that has changed. Null: the visitor may not be here any more. */
  const whatToTell = (changed: readonly Change[]) =>
    rooms.apps.use(site.appId, async app => {
      const { user, ...now } = await findVisitor(rooms, app, site, headers)
      if (now.sessionId !== sessionId || !now.admitted) return null
      return new Set(changed.flatMap(change => (mayRead(app, user, change) ? [change.entity] : [])))
    })

  try {
    say(': here\n\n')
    while (!over.aborted && performance.now() < endsAt) {
      await Promise.race([wake.promise, pause(beatMs, over)])
      if (changes.length > 0) await pause(gatherMs, over)
      if (over.aborted) return
      wake = Promise.withResolvers()
      const changed = changes.splice(0)
      const told = changed.length > 0 ? await whatToTell(changed) : new Set<string>()
      if (told === null) return
      if (told.size > 0) say(`event: changed\ndata: ${JSON.stringify({ entities: [...told] } satisfies ChangedEntities)}\n\n`)
      else if (changed.length === 0) say(': still here\n\n')
    }
  } finally {
    line.close()
  }
}

/** Who may read neither what was nor what is learns nothing of the change. */
function mayRead(app: RunningApp, user: RuleUser, { entity: name, before, after }: Change): boolean {
  const found = app.model().entities.find(({ entity }) => entity.name === name)?.entity
  if (!found) return false
  const filter = ruleFilter(found, 'read', user)
  return [before, after].some(record => record && matches(filter, record, fieldsOf(found)))
}

/** Waits, unless it is over before. */
const pause = (ms: number, over: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal: over }).catch(() => {})
