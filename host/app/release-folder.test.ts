import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import fc from 'fast-check'
import { byPath, type Manifest } from '../../core/release/manifest.ts'
import { sha256Of } from '../files/release-folder.ts'
import { loadApp } from './load.ts'
import { openReleaseFolder } from './release-folder.ts'

const ticket = '{ "name": "Ticket", "type": "object", "properties": {} }'
const texts: Record<string, string[]> = {
  'config.jsonc': ['{ "name": "Desk" }', '{'],
  'entities/Ticket.jsonc': [ticket, '{ "name": ', 'x'.repeat(1024 * 1024 + 1)],
  'entities/Other.jsonc': [ticket],
  'entities/deep/Not.jsonc': [ticket],
  'pages/home.jsonc': ['{ "name": "home", "title": "Home", "blocks": [] }'],
  'functions/f/entry.ts': ['import { connectors } from "plugboard"\nexport default () => connectors.slackbot.postMessage({})'],
  'functions/f/lib/part.ts': ['import { connectors } from "plugboard"\nexport const p = () => connectors.gmail.sendMessage({})'],
  'functions/f/inner/function.jsonc': ['{ "name": "inner", "entry": "./main.ts" }', '{ "entry": "../entry.ts" }', '{}'],
  'functions/f/inner/main.ts': ['export default () => 1'],
  'functions/f/node_modules/pkg/entry.js': ['export default 1'],
  'functions/g/entry.js': ['\uFFFE'],
  'base44/README.md': ['read me'],
  'base44/entities/Ticket.jsonc': [ticket],
  'notes.md': ['notes'],
}

it('a release is read as its folder would be, whatever is in it', async t => {
  const place = await mkdtemp(join(tmpdir(), 'releases-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  let count = 0
  const files = Object.entries(texts).map(([path, all]) =>
    fc.option(fc.constantFrom(...all), { freq: 3 }).map((text): [string, string][] => (text === null ? [] : [[path, text]])),
  )
  await fc.assert(
    fc.asyncProperty(fc.tuple(...files), async found => {
      const root = join(place, String((count += 1)))
      await mkdir(root)
      const release: Manifest = found
        .flat()
        .map(([path, text]) => ({ path, sha256: sha256Of(text), size: Buffer.byteLength(text), mode: '100644' as const }))
        .sort(byPath)
      for (const [path, text] of found.flat()) {
        await mkdir(dirname(join(root, path)), { recursive: true })
        await writeFile(join(root, path), text)
      }
      const opened = await openReleaseFolder(root, release)
      assert.deepEqual(await loadApp('app', root, undefined, async () => opened), await loadApp('app', root))
    }),
    { numRuns: 40 },
  )
})
