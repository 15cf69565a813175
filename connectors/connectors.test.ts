import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { schemaText } from '../core/app/schema-text.ts'
import { scopesFor } from '../core/connector.ts'
import { actionShapes } from './facts.ts'
import { connectors } from './index.ts'

for (const [id, connector] of Object.entries(connectors)) {
  const actions = Object.entries(connector.actions)

  test(`${id}: every scope that is asked for has plain words, and no words are left over`, () => {
    const asked = new Set(scopesFor(connector, Object.keys(connector.actions)))
    assert.deepEqual([...asked].sort(), Object.keys(connector.scopes).sort())
    for (const words of Object.values(connector.scopes)) assert.match(words, /^[A-Z][^.]{8,}$/)
  })

  test(`${id}: has actions to read and to write, each with its sentence`, () => {
    assert.deepEqual([...new Set(actions.map(([, { effect }]) => effect))].sort(), ['read', 'write'])
    for (const [name, { does, title, effect, idempotent, destructive = false }] of actions) {
      assert.match(name, /^[a-z][A-Za-z]+$/)
      assert.match(title, /^[A-Z]/)
      assert.match(does, /^[A-Z].*\.$/)
      if (effect === 'read') assert.ok(idempotent, `${name} reads`)
      else assert.match(does, /(Each call|twice|second time)/, `${name} says what a second call does`)
      assert.ok(effect === 'write' || !destructive, `${name} reads`)
      if (/^(update|set|replace|delete|remove|archive|rename)/.test(name)) assert.ok(destructive, `${name} is marked as destructive`)
    }
  })

  test(`${id}: its inputs are forms whose fields have titles, and remote choices that exist`, () => {
    for (const { inputSchema, id: action } of actionShapes(connector)) {
      const { type, properties = {} } = inputSchema as { type: string; properties?: Record<string, { title?: string; options?: string }> }
      assert.equal(type, 'object')
      for (const [name, property] of Object.entries(properties)) {
        assert.ok(property.title, `${action}.${name} has a title`)
        if (property.options) assert.ok(connector.fields[property.options], `${action}.${name} has choices`)
      }
    }
  })

  test(`${id}: its answers have a shape: every field of an object is named, and nothing is left open`, () => {
    for (const { outputSchema, id: action } of actionShapes(connector)) {
      assert.doesNotMatch(schemaText(outputSchema, 'returned'), /\b(unknown|any)\b/, action)
      assert.match(String((outputSchema as { type?: string }).type), /^(object|array)$/, action)
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
