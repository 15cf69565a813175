import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AppError } from '../../core/errors.ts'
import { writeFileAtomically } from './atomic.ts'

test('a file is replaced whole, is private, and leaves nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'))
  const path = join(folder, 'inside', 'settings.json')
  await writeFileAtomically(path, 'old')
  await writeFileAtomically(path, 'new')
  assert.equal(await readFile(path, 'utf8'), 'new')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(folder, 'inside')), ['settings.json'])
})

test('a full disk is told in one sentence', async () => {
  await assert.rejects(writeFileAtomically('/dev/full/settings.json', 'x'), (error: AppError) => error.code === 'unavailable')
})
