import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fingerprintOf } from './build.mjs'
import { chooseShell, electronProgram, reasonAgainstWindow } from './choose-shell.mjs'
import { isInstalled } from './install.mjs'
import { runProgram } from './run-program.mjs'

const desktop = { platform: 'linux', uid: 1000, fetch: async () => null }

test('PLUGBOARD_SHELL decides', async () => {
  assert.deepEqual(await chooseShell({ ...desktop, environment: { PLUGBOARD_SHELL: 'serve', DISPLAY: ':0' } }), {
    kind: 'serve',
    line: 'Opening in your browser, as PLUGBOARD_SHELL says.',
  })
  const fetched = await chooseShell({ ...desktop, environment: { PLUGBOARD_SHELL: 'electron' }, fetch: async () => '/electron' })
  assert.deepEqual(fetched, { kind: 'electron', program: '/electron', line: 'Opening in Electron, as PLUGBOARD_SHELL says.' })
})

test('a shell that is asked for and cannot be had is told, and nothing else is opened', async () => {
  const { kind, line } = await chooseShell({ ...desktop, environment: { PLUGBOARD_SHELL: 'electron' } })
  assert.equal(kind, null)
  assert.match(line, /npx install-electron/)
  assert.match((await chooseShell({ ...desktop, environment: { PLUGBOARD_SHELL: 'gtk' } })).line, /“gtk”\. It can be “serve” or “electron”/)
})

test('without Electron’s binary the browser opens, and one line says why', async () => {
  assert.deepEqual(await chooseShell({ ...desktop, environment: { DISPLAY: ':0' } }), {
    kind: 'serve',
    line: 'Opening in your browser, because Electron’s binary is not here and could not be fetched quickly.',
  })
})

test('where no window can open Electron is not even fetched', async () => {
  const fetch = () => assert.fail('fetched')
  const { line } = await chooseShell({ ...desktop, environment: {}, fetch })
  assert.equal(line, 'Opening in your browser, because there is no display here.')
  assert.equal(reasonAgainstWindow({ platform: 'linux', environment: { WAYLAND_DISPLAY: 'w' }, uid: 0 }), 'Electron does not run as root')
  assert.equal(reasonAgainstWindow({ platform: 'darwin', environment: {}, uid: 501 }), null)
})

test('Electron’s program is found where its installer put it', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'electron-'))
  t.after(() => rm(folder, { recursive: true }))
  assert.equal(electronProgram(folder), null)
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'path.txt'), 'electron')
  assert.equal(electronProgram(folder), null)
  await writeFile(join(folder, 'dist', 'electron'), '')
  assert.equal(electronProgram(folder), join(folder, 'dist', 'electron'))
})

test('the build is made again when a source changes its content or its name, not its date', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'build-'))
  t.after(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'main'))
  const file = join(folder, 'main', 'a.ts')
  await writeFile(file, 'a')
  const first = fingerprintOf(folder, ['main', 'not-there'])
  await utimes(file, 0, 0)
  await writeFile(join(folder, 'main', 'a.test.ts'), 'a test')
  assert.equal(fingerprintOf(folder, ['main', 'not-there']), first)
  await writeFile(file, 'b')
  const second = fingerprintOf(folder, ['main'])
  assert.notEqual(second, first)
  await writeFile(join(folder, 'main', 'b.ts'), '')
  assert.notEqual(fingerprintOf(folder, ['main']), second)
})

test('packages are installed when each is there in its version; those for other systems may be missing', () => {
  const lock = {
    packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-win32': { version: '1.0.0', optional: true } },
  }
  assert.ok(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } }))
  assert.equal(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.1' } } }), false)
  assert.equal(isInstalled(lock, { packages: {} }), false)
  assert.equal(isInstalled(lock, null), false)
})

test('a program that hangs is stopped, one that is missing is no crash', async () => {
  assert.deepEqual(await runProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { quiet: true, timeoutMs: 100 }), {
    code: null,
    output: '',
  })
  assert.equal((await runProgram('no-such-program', [], { quiet: true })).code, null)
  assert.deepEqual(await runProgram(process.execPath, ['-e', 'console.log(1); process.exit(3)'], { quiet: true }), {
    code: 3,
    output: '1\n',
  })
})
