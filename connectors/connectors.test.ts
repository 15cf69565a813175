import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { scopesFor } from '../core/connector.ts'
import { connectorFacts } from './facts.ts'
import { connectors } from './index.ts'

for (const [id, connector] of Object.entries(connectors)) {
  const actions = Object.entries(connector.actions)

  test(`${id}: every scope that is asked for has plain words, and no words are left over`, () => {
    const asked = new Set(scopesFor(connector, Object.keys(connector.actions)))
    assert.deepEqual([...asked].sort(), Object.keys(connector.scopes).sort())
    for (const words of Object.values(connector.scopes)) assert.match(words, /^[A-Z][^.]{8,}$/)
  })

  test(`${id}: has at least four actions, to read and to write, each with its sentence`, () => {
    assert.ok(actions.length >= 4)
    assert.deepEqual([...new Set(actions.map(([, { effect }]) => effect))].sort(), ['read', 'write'])
    for (const [name, { does, title, effect, idempotent }] of actions) {
      assert.match(name, /^[a-z][A-Za-z]+$/)
      assert.match(title, /^[A-Z]/)
      assert.match(does, /^[A-Z].*\.$/)
      if (effect === 'read') assert.ok(idempotent, `${name} reads`)
      else assert.match(does, /(Each call|twice|second time)/, `${name} says what a second call does`)
    }
  })

  test(`${id}: its facts are JSON Schema forms whose fields have titles, and remote choices that exist`, () => {
    for (const { inputSchema, id: action } of connectorFacts(connector).actions) {
      const { type, properties = {} } = inputSchema as { type: string; properties?: Record<string, { title?: string; options?: string }> }
      assert.equal(type, 'object')
      for (const [name, property] of Object.entries(properties)) {
        assert.ok(property.title, `${action}.${name} has a title`)
        if (property.options) assert.ok(connector.fields[property.options], `${action}.${name} has choices`)
      }
    }
  })

  test(`${id}: has example prompts and an icon that is bundled`, async () => {
    assert.ok(connector.prompts.length >= 3)
    const [set = '', icon = ''] = connector.icon.split(':')
    const { icons } = JSON.parse(await readFile(new URL(`../node_modules/@iconify-json/${set}/icons.json`, import.meta.url), 'utf8')) as {
      icons: Record<string, unknown>
    }
    assert.ok(icons[icon])
  })
}

test('the catalogue loads without any SDK', async () => {
  const script = `
    import { createRequire } from 'node:module'
    await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)})
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    console.log(JSON.stringify(loaded.filter(file => /googleapis|slack|octokit|gaxios/.test(file))))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  assert.deepEqual(JSON.parse(stdout), [])
})
