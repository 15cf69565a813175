import { join } from 'node:path'
import type { ChatMessage } from '../../core/chat.ts'
import { AppError } from '../../core/errors.ts'
import type { PlanChoices } from '../../core/plan.ts'
import { Changes } from '../../core/rpc/stream.ts'
import { connectorFacts } from '../../connectors/facts.ts'
import type { PlannerContext } from '../../planner/context.ts'
import { createTurns } from '../projects/turns.ts'
import { answer } from './answer.ts'
import { createdItem, find, openCards, shapeOf, stillOpen, type PlanCard, type ResultCard } from './cards.ts'
import { keepComments } from './keep-comments.ts'
import type { ChatOptions } from './options.ts'
import { openChatLog, type ChatLog } from './log.ts'
import { connectionFor, missingTools, scopesOf, type ConnectCard, type Usable } from './needs.ts'

export type Chat = ReturnType<typeof createChat>

type Room = { log: ChatLog; changes: Changes<void>; waiting: AbortController | null }

/**
 * The conversation of each app: prompts become plan cards, a card becomes files once its accounts are connected. Kept in
 * `.plugboard/chat.jsonl`. Errors: not_found, validation (a value is missing), conflict (the card was used), unavailable (disk).
 */
export function createChat({
  projects,
  planner,
  connections,
  tools,
  modelOf,
  describeTrigger,
  afterWrite,
  now = () => new Date(),
  timezone,
}: ChatOptions) {
  const rooms = new Map<string, Promise<Room>>()
  const facts = Object.values(tools).map(connectorFacts)
  const takeTurn = createTurns()
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone

  function room(appId: string): Promise<Room> {
    const known = rooms.get(appId)
    if (known) return known
    const opened = open(appId)
    rooms.set(appId, opened)
    opened.catch(() => rooms.delete(appId))
    return opened
  }

  async function open(appId: string): Promise<Room> {
    const log = await openChatLog(join(projects.root(appId), '.plugboard', 'chat.jsonl'))
    const opened: Room = { log, changes: new Changes<void>(), waiting: null }
    // A plan that waited for an account when Plugboard was closed goes on waiting.
    if (openCards(log).length > 0) follow(appId, opened)
    return opened
  }

  /** One change of a conversation at a time; whoever watches is told after each. */
  function inTurn<T>(appId: string, work: (found: Room) => Promise<T>): Promise<T> {
    return takeTurn(appId, async () => {
      const found = await room(appId)
      try {
        return await work(found)
      } finally {
        found.changes.publish()
      }
    })
  }

  function contextOf(appId: string): PlannerContext {
    const model = modelOf(appId)
    if (!model) throw new AppError('unavailable', 'The app is still starting. Try again in a moment.', { action: { kind: 'retry' } })
    return { model, connectors: facts, timezone: zone, now: now() }
  }

  const stamp = () => ({ id: crypto.randomUUID(), at: now().toISOString() })

  async function say(found: Room, appId: string, text: string, signal: AbortSignal | undefined): Promise<void> {
    const open = found.log.messages().findLast((message): message is PlanCard => message.kind === 'plan')
    const previous = open?.state === 'proposed' ? open.prompt : null
    await found.log.put({ ...stamp(), kind: 'user', text })
    found.changes.publish()
    await new Promise<void>(resolve => setImmediate(resolve))
    if (signal?.aborted) return
    await found.log.put(answer(text, previous, { plan: planner.plan, describeTrigger, context: contextOf(appId) }))
  }

  /** Writes the files of a plan as one step, and says what was made. */
  async function create(found: Room, appId: string, card: PlanCard, choices: PlanChoices): Promise<void> {
    const planned = planner.toChangeSet(card.plan, choices, contextOf(appId))
    const changeSet = await keepComments(planned, path => textOf(appId, path))
    const { changeId } = await projects.apply(appId, changeSet, 'chat')
    await afterWrite?.(appId)
    const created = changeSet.files.filter(file => file.text !== null).map(({ path }) => createdItem(path, card.plan))
    await found.log.put(
      // Run again, it is offered as it was made.
      { ...card, plan: card.plan.mode === null ? card.plan : { ...card.plan, mode: choices.mode }, state: 'applied' },
      {
        ...stamp(),
        kind: 'result',
        planId: card.id,
        title: `${changeSet.title} is on`,
        created,
        flow: created.find(({ kind }) => kind === 'flow')?.name ?? null,
        changeId,
        state: 'active',
      },
    )
    const names = card.plan.tools.map(tool => tools[tool.connector]?.name ?? tool.connector)
    if (choices.mode === 'app-user' && names.length > 0) {
      await found.log.put({
        ...stamp(),
        kind: 'text',
        text: `Each user connects their own ${names.join(' and ')} account in the published app. Here you are its one user, with the account that you connected.`,
        suggestions: [],
      })
    }
  }

  async function textOf(appId: string, path: string): Promise<string | null> {
    try {
      return (await projects.readFile(appId, path)).text
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return null
      throw error
    }
  }

  /** Waits for the accounts that cards ask for. Stops by itself when no card is open. */
  function follow(appId: string, found: Room): void {
    if (found.waiting) return
    const waiting = new AbortController()
    found.waiting = waiting
    void (async () => {
      try {
        for await (const rows of connections.watch(appId, waiting.signal)) {
          await inTurn(appId, () => useConnections(found, appId, rows))
          if (openCards(found.log).length === 0) break
        }
      } catch (error) {
        if (!waiting.signal.aborted)
          await inTurn(appId, () => found.log.put({ ...stamp(), kind: 'error', error: shapeOf(error) })).catch(() => {})
      } finally {
        if (found.waiting === waiting) found.waiting = null
        waiting.abort()
      }
    })()
  }

  async function useConnections(found: Room, appId: string, rows: readonly Usable[]): Promise<void> {
    const plans = new Set<string>()
    for (const card of openCards(found.log)) {
      const connection = connectionFor(card, rows, card.mode)
      if (!connection) continue
      await found.log.put({ ...card, state: 'connected', connectionId: connection.id })
      plans.add(card.planId)
    }
    for (const planId of plans) {
      const plan = found.log.messages().find((message): message is PlanCard => message.kind === 'plan' && message.id === planId)
      const choices = found.log.choices(planId)
      if (!plan || !choices || plan.state === 'applied' || openCards(found.log).some(card => card.planId === planId)) continue
      try {
        await create(found, appId, plan, choices)
      } catch (error) {
        await found.log.put({ ...plan, state: 'skipped' }, { ...stamp(), kind: 'error', error: shapeOf(error) })
      }
    }
  }

  function stopIfDone(found: Room): void {
    if (openCards(found.log).length > 0) return
    found.waiting?.abort()
    found.waiting = null
  }

  /** Sets a plan aside with its connect cards. It can be run again. */
  async function setAside(found: Room, plan: PlanCard): Promise<void> {
    const cards = openCards(found.log).filter(card => card.planId === plan.id)
    await found.log.put({ ...plan, state: 'skipped' }, ...cards.map(card => ({ ...card, state: 'skipped' as const })))
    stopIfDone(found)
  }

  return {
    async *watch(appId: string, signal?: AbortSignal): AsyncGenerator<ChatMessage[]> {
      const found = await room(appId)
      yield* found.changes.followState(() => found.log.messages(), signal)
    },

    /** Aborting `signal` stops the answer; the message stays. */
    send: (appId: string, text: string, signal?: AbortSignal): Promise<void> => inTurn(appId, found => say(found, appId, text, signal)),

    edit: (appId: string, messageId: string, text: string, signal?: AbortSignal): Promise<void> =>
      inTurn(appId, async found => {
        find(found.log, messageId, 'user')
        await found.log.dropFrom(messageId)
        stopIfDone(found)
        await say(found, appId, text, signal)
      }),

    /** Creates what a plan card shows, or asks for the accounts that are missing and creates it when they are there. */
    apply: (appId: string, messageId: string, choices: PlanChoices): Promise<void> =>
      inTurn(appId, async found => {
        const card = find(found.log, messageId, 'plan')
        if (card.state === 'applied') throw new AppError('conflict', 'This plan is already in the app.')
        if (openCards(found.log).some(other => other.planId === card.id))
          throw new AppError('conflict', 'Connect the account below, or skip it, to go on.')
        planner.toChangeSet(card.plan, choices, contextOf(appId))
        const missing = missingTools(card.plan, await connections.list(appId), choices.mode)
        if (missing.length === 0) return create(found, appId, card, choices)
        await found.log.keepChoices(card.id, choices)
        await found.log.put(
          { ...card, state: 'proposed' },
          ...missing.map((tool): ConnectCard => ({
            ...stamp(),
            kind: 'connect',
            planId: card.id,
            connector: tool.connector,
            mode: choices.mode,
            scopes: scopesOf(tool, tools),
            permissions: tool.permissions,
            state: 'required',
            connectionId: null,
          })),
        )
        follow(appId, found)
      }),

    dismiss: (appId: string, messageId: string): Promise<void> =>
      inTurn(appId, async found => setAside(found, stillOpen(find(found.log, messageId, 'plan')))),

    skip: (appId: string, messageId: string): Promise<void> =>
      inTurn(appId, async found => {
        const card = find(found.log, messageId, 'connect')
        await setAside(found, stillOpen(find(found.log, card.planId, 'plan')))
      }),

    /** Takes back the one step that a result card stands for. */
    undo: (appId: string, messageId: string): Promise<void> =>
      inTurn(appId, async found => {
        const result: ResultCard = find(found.log, messageId, 'result')
        if (result.state === 'undone') throw new AppError('conflict', 'This was undone already.')
        if (result.changeId) await projects.undo(appId, result.changeId)
        await afterWrite?.(appId)
        const plan = found.log.messages().find((message): message is PlanCard => message.kind === 'plan' && message.id === result.planId)
        await found.log.put({ ...result, state: 'undone' }, ...(plan ? [{ ...plan, state: 'undone' as const }] : []))
      }),

    clear: (appId: string): Promise<void> =>
      inTurn(appId, async found => {
        await found.log.clear()
        stopIfDone(found)
      }),

    /** Forgets an app that was closed or removed. */
    async close(appId?: string): Promise<void> {
      for (const id of appId === undefined ? [...rooms.keys()] : [appId]) {
        const found = await rooms.get(id)?.catch(() => null)
        found?.waiting?.abort()
        rooms.delete(id)
      }
    },
  }
}
