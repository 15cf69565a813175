import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { Connection } from '../../core/connection.ts'
import { AppError } from '../../core/errors.ts'
import { loadApp } from '../../host/app/load.ts'
import { startPublishing } from '../../relay/releases/releases.fixture.ts'
import { checkOwnAccounts, ownToolsOf } from './own-accounts.ts'
import { publishingDesktop } from './publish.fixture.ts'

const ticket = (...fields: string[]) =>
  JSON.stringify({ name: 'Ticket', type: 'object', properties: Object.fromEntries(fields.map(name => [name, { type: 'string' }])) })
const posting = `import { connectors } from 'plugboard'
export default async () => connectors.slackbot.postMessage({ channel: '#a', text: 'x' })
`

const accountOf = (appId: string, more: Pick<Connection, 'id' | 'connector' | 'name'> & Partial<Connection>): Connection => ({
  appId,
  provider: more.connector,
  mode: 'shared',
  practice: false,
  isDefault: true,
  account: null,
  scopesGranted: ['chat:write'],
  state: 'connected',
  reason: null,
  since: '2026-01-01T00:00:00.000Z',
  nextTryAt: null,
  renewable: true,
  accessExpiresAt: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...more,
})

describe('the desktop’s publishing', () => {
  const ends: (() => Promise<void> | void)[] = []
  let relay: Awaited<ReturnType<typeof startPublishing>>
  before(async () => (relay = await startPublishing({ after: end => void ends.unshift(end) })))
  after(async () => {
    for (const end of ends) await end()
  })

  /** A desktop of its own. `offline` cuts it off. */
  async function openDesktop() {
    const held: Connection[] = []
    const given: string[] = []
    const accounts = { list: async () => held, give: async (id: string) => void given.push(id) }
    const { relay: at, access } = relay
    const desktop = await publishingDesktop({ after: end => void ends.unshift(end) }, { url: at.url, access }, { accounts })
    return { ...desktop, held, given }
  }

  it('says that users connect accounts of their own, what the workspace lacks for that, and gives it no account for it', async () => {
    const { projects, publish, edit, held } = await openDesktop()
    const { appId } = await projects.create({ name: 'Diary' })
    await edit(appId, 'connectors/googlecalendar.jsonc', '{ "type": "googlecalendar", "mode": "app-user" }')
    held.push(accountOf(appId, { id: 'c1', connector: 'googlecalendar', name: 'mine' }))
    const { checks, gives } = await publish.preview(appId)
    const text = 'Each user connects their own Google Calendar account'
    const detail = `The workspace has no OAuth client for Google yet, so they connect practice accounts: an admin adds one on ${relay.relay.url}/clients.`
    assert.deepEqual(
      checks.filter(check => check.text === text),
      [{ state: 'warning', text, detail }],
    )
    assert.deepEqual(gives, [])
    const placeless = async () =>
      (await publish.preview(appId)).checks.filter(check => check.text === 'No page lets users connect Google Calendar').length
    assert.equal(await placeless(), 0, 'the first pages have the place for it')
    await edit(appId, 'pages/home.jsonc', '{ "name": "home", "title": "Home", "blocks": [] }')
    assert.equal(await placeless(), 1)
    const block = '{ "type": "connect-account", "connector": "googlecalendar" }'
    await edit(appId, 'pages/home.jsonc', `{ "name": "home", "title": "Home", "blocks": [${block}] }`)
    assert.equal(await placeless(), 0)

    const own = ownToolsOf(await loadApp(appId, projects.root(appId)))
    const nothing = { local: false, service: null }
    const clients = { url: 'https://relay.example.com/clients', clients: [{ provider: 'google', clientId: 'x', hasSecret: true }] }
    assert.deepEqual(checkOwnAccounts(own, { clients, practice: nothing }), [{ state: 'ok', text, detail: '' }])
    const [lacking] = checkOwnAccounts(own, { clients: { ...clients, clients: [] }, practice: nothing })
    assert.match(lacking?.detail ?? '', /so nobody can: an admin adds one/)
  })

  it('tells what changes as what it means, publishes it, and has nothing to change then', async () => {
    const { projects, publish, edit, send } = await openDesktop()
    const { appId } = await projects.create({ name: 'Meaning' })
    await edit(appId, 'entities/Ticket.jsonc', ticket('title', 'old'))
    await edit(appId, 'functions/post/entry.ts', posting)
    await edit(appId, 'pages/Old reports.jsonc', '{ "name": "reports", "title": "Old reports", "blocks": [] }')
    await edit(appId, 'pages/kept.jsonc', '{ "name": "kept", "title": "Kept", "blocks": [] }')
    const first = await publish.preview(appId)
    assert.equal(first.live, null)
    assert.ok(!first.isNewer)
    assert.deepEqual(
      first.changes.map(({ kind, part, name }) => `${kind} ${part} ${name}`),
      ['added app The app itself', 'added entity Ticket', 'added function post', 'added page Kept', 'added page Old reports'],
    )
    const job = await send(appId, null, 'First version')
    assert.equal(job.outcome?.type, 'live', JSON.stringify(job.outcome))
    assert.ok(job.steps.every(({ state, tookMs }) => state === 'done' && tookMs !== null))
    assert.deepEqual((await publish.preview(appId)).changes, [])

    await edit(appId, 'entities/Ticket.jsonc', ticket('title', 'region'))
    await edit(appId, 'functions/post/entry.ts', posting.replace('#a', '#b'))
    await edit(appId, 'pages/Old reports.jsonc', null)
    const { changes } = await publish.preview(appId)
    assert.deepEqual(
      changes.map(({ kind, part, name, detail }) => `${kind} ${part} ${name}: ${detail}`),
      ['changed entity Ticket: One field more: region. One field less: old', 'changed function post: 1 line', 'removed page Old reports: '],
    )
    const diff = await publish.diff(appId, 'functions/post/entry.ts')
    assert.deepEqual(
      diff.filter(({ kind }) => kind !== 'same').map(({ kind, text }) => `${kind} ${/#./.exec(text)?.[0]}`),
      ['removed #a', 'added #b'],
    )
  })

  it('gives an app that has no pages its first ones: shown before, then written as one step that can be undone', async () => {
    const { projects, publish, edit, read, send } = await openDesktop()
    const { appId } = await projects.create({ name: 'Pages' })
    await edit(appId, 'entities/Ticket.jsonc', ticket('title'))
    const pages = async () => {
      const { changes } = await publish.preview(appId)
      return changes.filter(({ part }) => part === 'page').map(({ kind, name, detail }) => `${kind} ${name}: ${detail}`)
    }
    assert.deepEqual(await pages(), ['added Tickets: List, form, details'])
    assert.ok((await publish.diff(appId, 'pages/tickets.jsonc')).some(({ text }) => text.includes('"type": "table"')))
    await assert.rejects(read(appId, 'pages/tickets.jsonc'), { code: 'ENOENT' })

    await send(appId, null)
    assert.match(await read(appId, 'pages/tickets.jsonc'), /"title": "Tickets"/)
    assert.deepEqual((await publish.preview(appId)).changes, [])
    assert.deepEqual(await projects.undo(appId), { title: 'Add the first pages' })
    await assert.rejects(read(appId, 'pages/tickets.jsonc'), { code: 'ENOENT' })

    await edit(appId, 'pages/mine.jsonc', '{ "name": ')
    assert.deepEqual(
      (await publish.preview(appId)).changes.filter(({ kind, part }) => part === 'page' && kind === 'added').map(({ name }) => name),
      ['mine'],
    )
  })

  it('warns of an account that is missing, and refuses what does not compile or cannot be read', async () => {
    const { projects, publish, edit, send } = await openDesktop()
    const { appId } = await projects.create({ name: 'Checks' })
    await edit(appId, 'functions/post/entry.ts', posting)
    const lacking = await publish.preview(appId)
    assert.partialDeepStrictEqual(
      lacking.checks.find(({ state }) => state === 'warning'),
      { detail: 'Until then this waits: function “post”.', action: { kind: 'connect', connector: 'slackbot' } },
    )
    await edit(appId, 'functions/post/entry.ts', 'export default async () => {')
    await edit(appId, 'entities/Ticket.jsonc', '{ "name": ')
    await edit(appId, 'notes.md', `token: ${['xoxb', '1234567890', 'abcdefghij'].join('-')}`)
    const { checks } = await publish.preview(appId)
    assert.deepEqual(
      checks.filter(({ state }) => state !== 'ok').map(({ state, text }) => `${state} ${text}`),
      ['error entities/Ticket.jsonc, line 1', 'error functions/post/entry.ts, line 1', 'warning notes.md, line 1'],
    )
    const { outcome } = await send(appId, null)
    assert.ok(
      outcome?.type === 'failed' && /Ticket\.jsonc, line 1: .*There is 1 more\. Put it right, then publish\./.test(outcome.error.message),
    )
    assert.equal((await publish.preview(appId)).live, null)
  })

  it('gives the accounts that the app works with to the relay before it starts there, and no others', async () => {
    const { projects, publish, edit, send, held, given } = await openDesktop()
    const { appId } = await projects.create({ name: 'Takes along' })
    await edit(appId, 'functions/post/entry.ts', posting)
    const bot = accountOf(appId, { id: 'bot', connector: 'slackbot', name: 'Team Slack' })
    held.push(
      bot,
      accountOf(appId, { id: 'second', connector: 'slackbot', name: 'Other Slack', isDefault: false }),
      accountOf(appId, { id: 'mail', connector: 'gmail', name: 'Support mail' }),
    )
    assert.deepEqual((await publish.preview(appId)).gives, [{ id: 'bot', connector: 'slackbot', name: 'Team Slack' }])
    const { steps } = await send(appId, null)
    assert.deepEqual(given, ['bot'])
    assert.equal(steps.find(({ step }) => step === 'hand')?.note, '1 account')
    held[0] = { ...bot, custody: { state: 'relay', want: 'relay', otherAccount: null, problem: null, mayReturn: true } }
    assert.deepEqual((await publish.preview(appId)).gives, [])
  })

  it('does not publish what cannot take its account along', async () => {
    const { projects, publish, edit, send, held, given } = await openDesktop()
    const { appId } = await projects.create({ name: 'Stays' })
    await edit(appId, 'functions/post/entry.ts', posting)
    held.push(accountOf(appId, { id: 'bot', connector: 'slackbot', name: 'Team Slack' }))
    const { outcome } = await send(appId, null, 'First version')
    assert.equal(outcome?.type, 'live')
    await edit(appId, 'functions/post/entry.ts', `${posting}// more`)
    given.push = () => {
      throw new AppError('conflict', '“Team Slack” is connected to another account on the relay.')
    }
    const second = await send(appId, 1)
    assert.ok(second.outcome?.type === 'failed' && /another account/.test(second.outcome.error.message))
    assert.equal((await publish.preview(appId)).live?.number, 1)
  })

  it('lets a teammate open it, go on, and shows the first one what they would take back', async () => {
    const [olga, pia] = [await openDesktop(), await openDesktop()]
    const { appId } = await olga.projects.create({ name: 'Shared work' })
    await olga.edit(appId, 'entities/Ticket.jsonc', ticket('title'))
    await olga.send(appId, null)
    assert.partialDeepStrictEqual(
      (await pia.publish.apps()).find(({ id }) => id === appId),
      { name: 'Shared work', here: false },
    )
    await pia.publish.open(appId)
    assert.equal(await pia.read(appId, 'entities/Ticket.jsonc'), ticket('title'))
    await assert.rejects(pia.publish.open(appId), { code: 'conflict' })
    const opened = await pia.publish.preview(appId)
    assert.ok(!opened.isNewer && opened.changes.length === 0)
    await pia.edit(appId, 'entities/Ticket.jsonc', ticket('title', 'region'))
    assert.equal((await pia.send(appId, 1, 'Regions')).outcome?.type, 'live')

    await olga.edit(appId, 'notes.md', 'mine')
    const { outcome } = await olga.send(appId, 1)
    assert.ok(outcome?.type === 'failed' && outcome.error.code === 'conflict')
    const preview = await olga.publish.preview(appId)
    assert.ok(preview.isNewer && preview.live?.number === 2)
    assert.deepEqual(
      preview.changes.map(({ name, theirs }) => `${name} ${theirs}`),
      ['Ticket true', 'notes.md false'],
    )
    await olga.publish.take(appId)
    assert.equal(await olga.read(appId, 'entities/Ticket.jsonc'), ticket('title', 'region'))
    await olga.projects.undo(appId)
    assert.equal(await olga.read(appId, 'notes.md'), 'mine')
    assert.equal((await olga.send(appId, 2)).outcome?.type, 'live', 'publishing over it, now that it was seen')
  })

  describe('of an app whose id another app has on the relay', () => {
    /** Two desktops that made an app of the same name, neither from the other; the first one has published. */
    async function meet(name: string) {
      const [olga, pia] = [await openDesktop(), await openDesktop()]
      const { appId } = await olga.projects.create({ name })
      await olga.edit(appId, 'entities/Ticket.jsonc', ticket('title'))
      await olga.send(appId, null)
      assert.deepEqual(await pia.projects.create({ name }), { appId })
      await pia.edit(appId, 'entities/Ticket.jsonc', ticket('amount'))
      return { olga, pia, appId, at: (id: string) => `${relay.relay.url}/a/${id}` }
    }
    const liveOf = async (appId: string) => (await relay.releases.app(appId))?.live ?? null

    it('says whose app that is and since when, and writes over nothing unseen', async () => {
      const { olga, pia, appId, at } = await meet('Same name')
      const seen = await pia.publish.preview(appId)
      const { since = '' } = (await relay.releases.app(appId)) ?? {}
      assert.deepEqual(seen.taken, { app: { name: 'Same name', since }, free: at('same-name-2') })
      assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60_000)
      assert.deepEqual([seen.live?.number, seen.live?.by, seen.address], [1, 'Olga Owner', at('same-name')])
      assert.deepEqual(
        seen.changes.filter(({ part }) => part === 'entity').map(({ kind, name }) => `${kind} ${name}`),
        ['changed Ticket'],
      )
      const { outcome } = await pia.send(appId, null)
      assert.ok(outcome?.type === 'failed' && outcome.error.code === 'conflict')
      assert.equal(await liveOf(appId), 1)
      assert.equal((await olga.publish.preview(appId)).taken, null, 'whoever published it has no such question')
    })

    it('goes on as its next version, once the difference was seen', async () => {
      const { olga, pia, appId } = await meet('Next version')
      const { live } = await pia.publish.preview(appId)
      assert.equal((await pia.send(appId, live?.number ?? null)).outcome?.type, 'live')
      assert.equal(await liveOf(appId), 2)
      assert.equal((await pia.publish.preview(appId)).taken, null)
      assert.ok((await olga.publish.preview(appId)).isNewer)
      await assert.rejects(pia.publish.separate(appId), { code: 'conflict' })
    })

    it('or as an app of its own at a free address, beside the other one', async () => {
      const { olga, pia, appId, at } = await meet('Of its own')
      const [own, other] = ['of-its-own-2', appId]
      await pia.publish.separate(appId)
      assert.partialDeepStrictEqual(await pia.publish.preview(appId), { live: null, taken: null, address: at(own), isNewer: false })
      assert.equal((await pia.send(appId, null)).outcome?.type, 'live')
      assert.deepEqual([await liveOf(own), await liveOf(other)], [1, 1])
      assert.equal(await pia.places.relayIdOf(appId), own)
      await pia.edit(appId, 'notes.md', 'more')
      assert.equal((await pia.send(appId, 1)).outcome?.type, 'live')
      assert.deepEqual([await liveOf(own), await liveOf(other)], [2, 1])
      assert.equal((await olga.publish.preview(other)).isNewer, false)
      const here = (await pia.publish.apps()).filter(({ id }) => id === own || id === other).map(app => `${app.id} ${app.here}`)
      assert.deepEqual(here.sort(), [`${other} false`, `${own} true`])

      const opened = await pia.publish.open(other)
      assert.notEqual(opened.appId, appId)
      assert.equal(await pia.read(opened.appId, 'entities/Ticket.jsonc'), ticket('title'))
      assert.partialDeepStrictEqual(await pia.publish.preview(opened.appId), {
        live: { number: 1 },
        taken: null,
        address: at(other),
        isNewer: false,
      })
      await assert.rejects(pia.publish.open(other), { code: 'conflict' })
    })

    it('is told nothing of an app of another workspace but that it is there', async () => {
      const { projects, publish, send } = await openDesktop()
      const { appId } = await projects.create({ name: 'Elsewhere' })
      const tables = new DatabaseSync(join(relay.relay.settings['PLUGBOARD_RELAY_DATA'] ?? '', 'relay.db'))
      tables.exec(`insert into workspaces (id, name, created_at) values ('other', 'Other', ${Number.MAX_SAFE_INTEGER});
        insert into apps (id, workspace_id, name, created_at, slug) values ('${appId}', 'other', 'Secret plans', 1, '${appId}')`)
      tables.close()
      const free = `${relay.relay.url}/a/elsewhere-2`
      const seen = await publish.preview(appId)
      assert.deepEqual([seen.live, seen.taken, seen.address], [null, { app: null, free }, free])
      const { outcome } = await send(appId, null)
      assert.ok(outcome?.type === 'failed' && outcome.error.code === 'conflict')
      assert.match(outcome.error.message, /belongs to an app of another workspace/)
      assert.ok(!JSON.stringify([seen, outcome]).includes('Secret plans'))
      await publish.separate(appId)
      assert.equal((await send(appId, null)).outcome?.type, 'live')
      assert.equal(await liveOf('elsewhere-2'), 1)
    })
  })

  it('rolls back, and knows then what is live', async () => {
    const { projects, publish, edit, send, finish } = await openDesktop()
    const { appId } = await projects.create({ name: 'Back' })
    await send(appId, null)
    await edit(appId, 'notes.md', 'more')
    await send(appId, 1)
    const job = await finish(appId, () => publish.rollBack(appId, 1, 2))
    assert.ok(job.outcome?.type === 'live' && job.outcome.version.number === 1)
    const { live, isNewer, changes } = await publish.preview(appId)
    assert.ok(live?.number === 1 && !isNewer && changes.length === 1)
  })

  it('says that it waits while the relay is away, and can be cancelled; one at a time', async () => {
    const { projects, publish, line, send, end } = await openDesktop()
    const { appId } = await projects.create({ name: 'Waiting' })
    line.url = 'http://127.0.0.1:9'
    await publish.start(appId, null, 'First')
    await assert.rejects(publish.start(appId, null, 'First'), { code: 'conflict' })
    const held: (string | null)[] = []
    for await (const { job } of publish.watch(appId)) {
      held.push(job?.held ?? null)
      if (job?.outcome) {
        assert.ok(job.outcome.type === 'failed' && job.outcome.error.code === 'unavailable')
        break
      }
    }
    await publish.start(appId, null, 'First')
    await publish.cancel(appId)
    assert.deepEqual((await end(appId)).outcome, { type: 'cancelled', given: [] })
    line.url = relay.relay.url
    assert.equal((await send(appId, null)).outcome?.type, 'live')
    const [state] = [await publish.watch(appId).next()]
    assert.equal(state.value?.published?.version.number, 1)
  })
})
