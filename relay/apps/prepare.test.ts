import assert from 'node:assert/strict'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { databases } from '../relay.fixture.ts'
import { all, config, makeRelease, sendNow, startPublishing } from '../releases/releases.fixture.ts'

for (const kind of databases) {
  describe(`what a release needs before it goes live (${kind})`, () => {
    const ends: (() => Promise<void> | void)[] = []
    let place: Awaited<ReturnType<typeof startPublishing>>
    before(async () => (place = await startPublishing({ after: end => void ends.unshift(end) }, { kind })))
    after(async () => {
      for (const end of ends) await end()
    })

    async function publish(appId: string, contents: Record<string, string>, base: number | null) {
      const { files, bytesOf } = makeRelease({ 'config.jsonc': config('Desk'), ...contents })
      const { releaseId } = await sendNow({
        relay: place.releases,
        appId,
        name: 'Desk',
        files,
        bytesOf,
      })
      return (await all(place.releases.publish(appId, { releaseId, base, title: 'A version' }))).at(-1)
    }
    const entry = 'functions/greet/entry.ts'

    it('are functions that compile: what serves is not touched by others', async () => {
      const good = await publish('greeter', { [entry]: 'export default () => 1' }, null)
      assert.equal(good?.type, 'live')
      const bad = await publish('greeter', { [entry]: 'import { gone } from "./gone.ts"\nexport default () => gone' }, 1)
      assert.ok(bad?.type === 'failed')
      assert.match(bad.error.message, /^functions\/greet\/entry\.ts, line 1: .*publish again/i)
      assert.deepEqual(bad.error.action, { kind: 'open', path: entry, line: 1 })
      assert.equal((await place.releases.app('greeter'))?.live, 1)
    })

    it('are functions that were compiled before: one is compiled again when it has changed, or when nothing whole is kept of it', async () => {
      const kept = join(place.relay.settings['PLUGBOARD_RELAY_DATA'] ?? '', 'releases', 'keeper', 'functions')
      const marks = async () => {
        const names = (await readdir(kept)).sort()
        return Promise.all(names.map(async name => `${name} ${(await stat(join(kept, name))).ino}`))
      }
      const other = { 'functions/other/entry.ts': 'export default () => 2' }
      const sources = { [entry]: 'export default () => 1', ...other }
      assert.equal((await publish('keeper', sources, null))?.type, 'live')
      const first = await marks()
      assert.equal(first.length, 2)
      assert.equal((await publish('keeper', { ...sources, 'notes.md': 'more' }, 1))?.type, 'live')
      assert.deepEqual(await marks(), first)
      assert.equal((await publish('keeper', { ...sources, [entry]: 'export default () => 3' }, 2))?.type, 'live')
      assert.equal((await marks()).filter(mark => first.includes(mark)).length, 1)
      for (const name of await readdir(kept)) await writeFile(join(kept, name), 'damaged')
      assert.equal((await publish('keeper', other, 3))?.type, 'live')
      assert.equal((await marks()).length, 1, 'what is gone from the app is gone here')
    })

    it('are tables: entities may come, go and come back', async () => {
      const ticket = JSON.stringify({ name: 'Ticket', type: 'object', properties: { title: { type: 'string' } } })
      assert.equal((await publish('desk', { 'entities/Ticket.jsonc': ticket }, null))?.type, 'live')
      assert.equal((await publish('desk', {}, 1))?.type, 'live')
      assert.equal((await publish('desk', { 'entities/Ticket.jsonc': ticket }, 2))?.type, 'live')
    })
  })
}
