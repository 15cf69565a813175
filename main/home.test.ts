import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AppError } from '../core/errors.ts'
import { homePath, openHome } from './home.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'home-'))

/** Another process that takes the home directory and keeps it; resolves with what it says. */
async function openElsewhere(path: string, options: { address?: string } = {}) {
  const code = `
    const { openHome } = await import(${JSON.stringify(import.meta.resolve('./home.ts'))})
    try {
      const home = await openHome(${JSON.stringify(path)})
      await home.announce(${JSON.stringify(options.address ?? 'http://127.0.0.1:1/')})
      console.log('open')
      setInterval(() => {}, 1000)
    } catch (error) { console.log(error.message) }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  return { child, said: String(said).trim() }
}

test('the home directory is made on first start, for its user only', async () => {
  const path = join(await newFolder(), 'a', 'Plugboard')
  const home = await openHome(path)
  assert.equal((await stat(path)).mode & 0o777, 0o700)
  await home.close()
})

test('a second start is refused in one sentence that names the address of the first', async () => {
  const path = await newFolder()
  const first = await openElsewhere(path, { address: 'http://127.0.0.1:4711/?token=abc' })
  assert.equal(first.said, 'open')
  await assert.rejects(
    openHome(path),
    (error: AppError) =>
      error.code === 'conflict' &&
      error.message === `Plugboard is already running on ${path}: open http://127.0.0.1:4711/?token=abc, or stop it first.`,
  )
  first.child.kill('SIGKILL')
})

test('after kill -9 the home directory is free again', async () => {
  const path = await newFolder()
  const { child } = await openElsewhere(path)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await openHome(path)).close()
})

test('closing leaves nothing that names a process', async () => {
  const path = await newFolder()
  await (await openHome(path)).close()
  assert.deepEqual(await readdir(path), ['lock.db'])
  await (await openHome(path)).close()
})

test('a damaged note of the holder does not hide that it is held', async () => {
  const path = await newFolder()
  const { child } = await openElsewhere(path)
  await writeFile(join(path, 'lock'), '{"pid":')
  await assert.rejects(
    openHome(path),
    (error: AppError) => error.message === `Plugboard is already running on ${path} in another window, or stop it first.`,
  )
  child.kill('SIGKILL')
})

test('a folder that cannot be written is told in one sentence', async () => {
  const closed = await closedFolder()
  await assert.rejects(openHome(join(closed, 'home')), (error: AppError) => {
    assert.match(error.message, /^Plugboard cannot write to .*home\. Give yourself permission there/)
    return error.code === 'unavailable'
  })
})

/** A folder that this user may not write to. Root may, nearly everywhere: the kernel's own tree is closed to it as well. */
async function closedFolder(): Promise<string> {
  if (process.getuid?.() === 0) return '/sys'
  const path = await newFolder()
  await chmod(path, 0o555)
  return path
}

test('a full disk is told in one sentence', { skip: process.platform !== 'linux' }, async () => {
  const path = await newFolder()
  await symlink('/dev/full', join(path, `.probe-${process.pid}`))
  await assert.rejects(openHome(path), (error: AppError) => error.code === 'unavailable' && error.message.startsWith('The disk that holds'))
})

test('a file in place of the folder is told in one sentence', async () => {
  const path = join(await newFolder(), 'file')
  await writeFile(path, '')
  await assert.rejects(openHome(path), (error: AppError) => error.message.startsWith(`${path} is a file, not a folder.`))
})

test('PLUGBOARD_HOME chooses the folder', () => {
  assert.equal(homePath({ PLUGBOARD_HOME: '/data/plugboard' }), '/data/plugboard')
  assert.equal(homePath({ PLUGBOARD_HOME: '' }), join(homedir(), 'Plugboard'))
})
