import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connectors } from '../connectors/index.ts'
import { brandIcons } from '../renderer/ui/brand-icons.ts'
import { brandIconsFile, renderBrandIcons } from './brand-icons.ts'

test('every connector has its brand icon in the page, and no other icon is there', () => {
  const used = new Set(Object.values(connectors).map(({ icon }) => icon))
  assert.deepEqual(new Set(Object.keys(brandIcons)), used)
})

test('the drawings are those of the installed icon sets: run `node scripts/brand-icons.ts` when this fails', async () => {
  assert.equal(await readFile(brandIconsFile, 'utf8'), await renderBrandIcons())
})

test('a drawing is shapes and gradients: nothing in it can load or run anything', () => {
  const tags = new Set<string>()
  const walk = ([tag, attributes, children]: (typeof brandIcons)[string]['nodes'][number]): void => {
    tags.add(tag)
    for (const value of Object.values(attributes)) assert.doesNotMatch(value, /script|https?:|url\((?!#)/)
    children.forEach(walk)
  }
  for (const { nodes } of Object.values(brandIcons)) nodes.forEach(walk)
  const harmless = [
    'path',
    'g',
    'defs',
    'linearGradient',
    'radialGradient',
    'stop',
    'circle',
    'rect',
    'ellipse',
    'polygon',
    'mask',
    'clipPath',
    'use',
    'filter',
  ]
  assert.deepEqual(
    [...tags].filter(tag => !harmless.includes(tag) && !tag.startsWith('fe')),
    [],
  )
})
