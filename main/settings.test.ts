import assert from 'node:assert/strict'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSettings } from './settings.ts'

test('a chosen theme stays, and keys of a newer version are kept', async () => {
  const home = await mkdtemp(join(tmpdir(), 'settings-'))
  await writeFile(join(home, 'settings.json'), '{"theme":"light","fromTheFuture":1}')
  const settings = createSettings(home)
  assert.deepEqual(await settings.get(), { theme: 'light' })
  await settings.setTheme('dark')
  assert.deepEqual(JSON.parse(await readFile(join(home, 'settings.json'), 'utf8')), { theme: 'dark', fromTheFuture: 1 })
})

test('a damaged file counts as empty', async () => {
  const home = await mkdtemp(join(tmpdir(), 'settings-'))
  await writeFile(join(home, 'settings.json'), '{"theme":')
  assert.deepEqual(await createSettings(home).get(), { theme: 'system' })
})
