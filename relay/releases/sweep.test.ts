import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { sweepReleases } from './sweep.ts'

it('removes releases that nobody can make live any more, and what a killed relay left half unpacked', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'releases-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const name of ['live', 'earlier', 'forgotten', 'live.1.tmp', 'live.2.tmp']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'config.jsonc'), '{}', { mode: 0o444 })
  }
  const now = Date.now()
  await utimes(join(folder, 'live.1.tmp'), (now - 2 * 3_600_000) / 1000, (now - 2 * 3_600_000) / 1000)
  await sweepReleases(folder, async () => new Set(['live', 'earlier']), now)
  assert.deepEqual((await readdir(folder)).sort(), ['earlier', 'live', 'live.2.tmp'])
  await sweepReleases(join(folder, 'nothing here'), async () => new Set(), now)
})
