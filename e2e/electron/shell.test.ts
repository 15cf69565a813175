/** What the Electron shell does beside being safe: the order of starting and ending, one instance, the window's place, the bundles. */
import assert from 'node:assert/strict'
import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { chromium, type Browser } from 'playwright-core'
import { chromiumOptions, out } from '../built.ts'
import { startServe } from '../shells/serve.ts'
import { appEnvironment, endProcess } from '../shells/shell.ts'
import { openElectron } from './open.ts'
import { startElectron } from './start.ts'

let browser: Browser
before(async () => {
  browser = await chromium.launch(chromiumOptions)
})
after(() => browser.close())

const main = join(out, 'main/index.js')
async function newHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-shell-'))
  t.after(() => rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  return home
}

test('the menu is set before ready, so that Electron builds none of its own', async () => {
  const { electron, close } = await openElectron(browser)
  assert.deepEqual(
    electron.menus.map(({ beforeReady }) => beforeReady),
    [true],
  )
  await close()
})

test('the window is shown when it has something to show', async () => {
  const { window, close } = await openElectron(browser)
  assert.equal(window.options.show, false)
  assert.ok(window.isShown)
  await close()
})

test('Chromium keeps its own files in the home directory', async () => {
  const { electron, home, close } = await openElectron(browser)
  assert.equal(electron.app.paths.get('userData'), join(home, 'electron'))
  await close()
})

test('the page talks with main, also after it was reloaded', async () => {
  const { page, electron, close } = await openElectron(browser)
  let connects = 0
  electron.ipcMain.on('connect', () => connects++)
  await page.reload()
  await page.waitForFunction(() => (document.body.textContent ?? '').trim() !== '')
  assert.equal(connects, 1)
  await close()
})

test('quitting ends the host process, frees the home directory and keeps the window’s place', async t => {
  const home = await newHome(t)
  const { electron, close } = await openElectron(browser, { home })
  while (electron.forks.length === 0) await new Promise(resolve => setTimeout(resolve, 10))
  const [{ child } = { child: null }] = electron.forks
  await close()
  assert.ok(child && (child.exitCode !== null || child.signalCode !== null))
  await assert.rejects(access(join(home, 'lock')))
  assert.deepEqual(JSON.parse(await readFile(join(home, 'electron/window.json'), 'utf8')), {
    bounds: { x: 10, y: 20, width: 1280, height: 820 },
    isMaximized: false,
  })
  const again = await openElectron(browser, { home })
  assert.equal(again.window.options.x, 10)
  await again.close()
})

test('a second start hands over to the first window and ends', async t => {
  process.env['PLUGBOARD_HOME'] = await newHome(t)
  const context = await browser.newContext()
  const second = await startElectron(main, { context, isPrimary: false })
  assert.equal(await second.app.ended.promise, 0)
  assert.deepEqual(second.windows, [])
  await context.close()

  const first = await openElectron(browser)
  first.window.minimize()
  first.electron.app.emit('second-instance')
  assert.ok(first.window.isFocused && !first.window.isMinimized())
  await first.close()
})

test('a home directory that the browser shell has open is told in one sentence, with its address', async t => {
  const home = await newHome(t)
  const { child, address } = await startServe({ env: appEnvironment(home, {}) })
  process.env['PLUGBOARD_HOME'] = home
  const context = await browser.newContext()
  const electron = await startElectron(main, { context })
  assert.equal(await electron.app.ended.promise, 1)
  assert.deepEqual(electron.errorBoxes, [
    `Plugboard could not start: Plugboard is already running on ${home}: open ${address}, or stop it first.`,
  ])
  await context.close()
  await endProcess(child, 'SIGTERM')
})

test('a home directory that is a file is told in one sentence', async t => {
  const home = join(await newHome(t), 'file')
  await writeFile(home, '')
  process.env['PLUGBOARD_HOME'] = home
  const context = await browser.newContext()
  const electron = await startElectron(main, { context })
  assert.equal(await electron.app.ended.promise, 1)
  assert.match(electron.errorBoxes[0] ?? '', /file is a file, not a folder\. Move it away, or choose another folder with PLUGBOARD_HOME\.$/)
  await context.close()
})

test('when the page’s process dies the window comes back', async () => {
  const { window, page, close } = await openElectron(browser)
  const reloaded = page.waitForEvent('load')
  ;(window.webContents as unknown as NodeJS.EventEmitter).emit('render-process-gone', {}, { reason: 'crashed' })
  await reloaded
  await close()
})

test('the preload script is one small file that needs only electron', async () => {
  assert.deepEqual(await readdir(join(out, 'preload')), ['index.cjs'])
  const code = await readFile(join(out, 'preload/index.cjs'), 'utf8')
  assert.deepEqual(
    [...code.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name),
    ['electron'],
  )
  assert.ok(code.length < 2000, `${code.length} characters`)
})

test('the page has no inline script and no inline style, and its scripts make none of strings', async () => {
  const html = await readFile(join(out, 'renderer/index.html'), 'utf8')
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/)
  assert.match(html, /<meta property="csp-nonce" nonce="__CSP_NONCE__">/)
  const assets = await readdir(join(out, 'renderer/assets'))
  // The editor's worker carries the language's own declarations as text, and one of them declares eval.
  const ofStrings = /\bnew Function\(|(?<!declare function )\beval\(/
  for (const file of assets.filter(file => file.endsWith('.js')))
    assert.doesNotMatch(await readFile(join(out, 'renderer/assets', file), 'utf8'), ofStrings, file)
})

test('the bundles stay within their budget', async () => {
  const sizeOf = async (file: string) => (await stat(join(out, file))).size
  assert.ok((await sizeOf('main/index.js')) < 40_000)
  const chunks = await readdir(join(out, 'main/chunks')).catch(() => [])
  const code = await Promise.all(
    ['main/index.js', ...chunks.map(file => `main/chunks/${file}`)].map(file => readFile(join(out, file), 'utf8')),
  )
  // Only the entry of the Electron shell knows electron.
  assert.deepEqual(
    code.map(text => /from ["']electron["']/.test(text)),
    code.map((_, index) => index === 0),
  )
})
