import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { readConfig } from '../config.ts'
import { openRelayDatabase } from '../database.ts'
import { entityFile, publishApp, signUp, startPublished, type AppVisitor, type Publisher } from '../published/published.fixture.ts'
import { databases } from '../relay.fixture.ts'
import { until } from '../../core/until.fixture.ts'
import { connectAs } from './calendar.fixture.ts'

const events = 'https://www.googleapis.com/auth/calendar.events'
const flowFile = (name: string, config: object, task: object) => ({
  [`workflows/${name}.jsonc`]: JSON.stringify({
    name,
    is_active: true,
    trigger: { config },
    definition: { document: { dsl: '1.0.0', namespace: 'diary', name, version: '1.0' }, do: [{ step: task }] },
  }),
})
const onCreate = (entity: string) => ({ trigger_type: 'entity', entity_name: entity, events: ['create'] })
const addEvent = (title: string, connection?: string) => ({
  call: 'invoke_connector_action',
  with: {
    connector: 'googlecalendar',
    action: 'createEvent',
    input: { title, start: '2031-05-01T09:30:00Z' },
    ...(connection && { connection }),
  },
})
const files = {
  ...entityFile('Note', { title: { type: 'string' } }),
  ...entityFile('Wish', { title: { type: 'string' } }),
  'connectors/googlecalendar.jsonc': JSON.stringify({ type: 'googlecalendar', scopes: [events], mode: 'app-user' }),
  'functions/agenda/entry.ts': `import { connectors } from 'plugboard'
    export default async () =>
      (await connectors.googlecalendar.listEvents({ from: '2031-05-01T00:00:00Z', to: '2031-05-03T00:00:00Z' })).map(({ title }) => title)`,
  ...flowFile('keep', onCreate('Note'), addEvent('${ .trigger.data.title }')),
  ...flowFile('sneak', onCreate('Wish'), addEvent('Sneaked in', 'mia@northwind.example')),
  ...flowFile('daily', { trigger_type: 'scheduled', cron_expression: '0 4 1 1 *', timezone: 'UTC' }, addEvent('Daily')),
}

const app = { appId: 'diary', name: 'Diary', visibility: 'public' }

for (const kind of databases)
  describe(`flows and the calendars of users, over HTTP on ${kind}`, () => {
    const ends: (() => Promise<void> | void)[] = []
    const t = { after: (end: () => Promise<void> | void) => void ends.unshift(end) }
    let place: Publisher
    let [vera, bob]: AppVisitor[] = []
    before(async () => {
      place = await startPublished(t, kind)
      const site = await publishApp(place, { ...app, files })
      vera = await signUp(site, 'vera@example.com')
      bob = await signUp(site, 'bob@example.com', 'Bob')
      await connectAs(vera, 'robin')
      await connectAs(bob, 'mia')
    })
    after(async () => {
      for (const end of ends) await end()
    })

    /** Two people and the app’s own database, as another process would see it. */
    async function scene() {
      assert.ok(vera && bob)
      const databases = await openRelayDatabase(readConfig(place.relay.settings))
      const { engine, close } = await databases.openApp('diary')
      const ending = async () => {
        await close()
        await databases.close()
      }
      const runs = async (flow: string) =>
        (await engine.query(sql`select state from flow_runs where kind = 'flow' and name = ${flow} order by seq`)).map(({ state }) => state)
      return { vera, bob, engine, runs, [Symbol.asyncDispose]: ending }
    }
    const agenda = async (visitor: AppVisitor): Promise<string[]> => (await visitor.post('functions/agenda', {})).body
    const agree = (visitor: AppVisitor, flow: string, agreed: boolean) =>
      visitor.api('PUT', `connections/googlecalendar/flows/${flow}`, { agreed })

    it('what a record starts has nobody’s account until its own user agrees, and no longer once they do not', async () => {
      await using found = await scene()
      await found.vera.post('entities/Note', { title: 'Before' })
      await until(async () => (await found.runs('keep')).join() === 'waiting', 'the run waits')
      assert.equal((await agree(found.bob, 'keep', true)).status, 200)
      await found.bob.post('entities/Note', { title: 'Bob’s' })
      await until(async () => (await agenda(found.bob)).join() === 'Bob’s', 'his note')
      await until(async () => (await found.runs('keep')).join() === 'waiting,succeeded', 'the end of his run alone')
      assert.deepEqual(await agenda(found.vera), [])
      await agree(found.vera, 'keep', true)
      await until(async () => (await agenda(found.vera)).join() === 'Before', 'her note')
      await agree(found.bob, 'keep', false)
      await found.bob.post('entities/Note', { title: 'After' })
      await until(async () => (await found.runs('keep')).at(-1) === 'waiting', 'the run waits')
      assert.deepEqual([await agenda(found.vera), await agenda(found.bob)], [['Before'], ['Bob’s']])
    })

    it('a step that names the account of another user gets none', async () => {
      await using found = await scene()
      await agree(found.vera, 'sneak', true)
      await found.vera.post('entities/Wish', { title: 'Into his calendar' })
      await until(async () => (await found.runs('sneak')).join() === 'waiting', 'the run waits')
      assert.ok(!(await agenda(found.bob)).includes('Sneaked in'))
      assert.ok(!(await agenda(found.vera)).includes('Sneaked in'))
      await agree(found.bob, 'sneak', true)
      await found.bob.post('entities/Wish', { title: 'Into my own' })
      await until(async () => (await agenda(found.bob)).includes('Sneaked in'), 'his own')
      await until(async () => (await found.runs('sneak')).join() === 'waiting,succeeded', 'the end of his run alone')
    })

    it('a schedule acts for those who agreed to it, and for nobody when none did', async () => {
      await using found = await scene()
      const row = sql`flow = 'daily'`
      /** Its moment is over, as after a night in which the relay was off. */
      const strike = async (version: number) => {
        await found.engine.query(sql`update flow_triggers set next_at = ${Date.now() - 1000} where ${row}`)
        await publishApp(place, { ...app, files: { ...files, 'note.txt': `version ${version}` }, base: version - 1 })
        await until(async () => {
          const [trigger] = await found.engine.query(sql`select next_at from flow_triggers where ${row}`)
          return Number(trigger?.['next_at']) > Date.now()
        }, 'the moment passes')
      }
      await strike(2)
      assert.deepEqual(await found.runs('daily'), [])
      await agree(found.bob, 'daily', true)
      await strike(3)
      await until(async () => (await found.runs('daily')).join() === 'succeeded', 'his run')
      assert.ok((await agenda(found.bob)).includes('Daily'))
      assert.ok(!(await agenda(found.vera)).includes('Daily'))
    })
  })
