import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { menuTemplate } from './menu.ts'
import { appOrigin, isAppUrl, isOurPage, mayUse } from './trust.ts'
import { windowOptions } from './window-options.ts'
import { readWindowState, writeWindowState } from './window-state.ts'

test('the window options are these and no others', () => {
  const state = { bounds: { x: 1, y: 2, width: 1280, height: 820 }, isMaximized: false }
  assert.deepEqual(windowOptions(state, { preload: '/preload.cjs', isDark: false }), {
    x: 1,
    y: 2,
    width: 1280,
    height: 820,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Plugboard',
    backgroundColor: '#f3f3f6',
    webPreferences: {
      preload: '/preload.cjs',
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webviewTag: false,
      spellcheck: false,
    },
  })
})

test('only our own origin counts as ours', () => {
  for (const url of ['app://renderer', 'app://renderer/', 'app://renderer/index.html?x#y']) assert.ok(isAppUrl(url), url)
  const strangers = [
    'app://renderer.evil/',
    'app://evil/renderer',
    'app://renderer@evil/',
    'app://me@renderer/',
    'https://renderer/',
    'file:///app://renderer',
    'about:blank',
    '',
  ]
  for (const url of strangers) assert.equal(isAppUrl(url), false, url)
  fc.assert(
    fc.property(
      fc.webUrl({ validSchemes: ['http', 'https', 'file', 'data', 'app'] }),
      url => isAppUrl(url) === url.startsWith(`${appOrigin}/`) || url === appOrigin,
    ),
  )
})

test('a call comes from the top frame of our page or is not heard', () => {
  assert.ok(isOurPage({ url: 'app://renderer/', parent: null }))
  assert.equal(isOurPage({ url: 'app://renderer/', parent: {} }), false)
  assert.equal(isOurPage({ url: 'https://evil.example/', parent: null }), false)
  assert.equal(isOurPage(null), false)
})

test('a page may copy, and nothing else', () => {
  assert.ok(mayUse('clipboard-sanitized-write', 'app://renderer'))
  assert.equal(mayUse('clipboard-sanitized-write', 'https://evil.example'), false)
  assert.equal(mayUse('clipboard-read', 'app://renderer'), false)
  assert.equal(mayUse('media', 'app://renderer'), false)
})

test('the menu has what macOS needs to copy and paste, and developer tools only in development', () => {
  const roles = (platform: NodeJS.Platform, isPackaged: boolean) =>
    menuTemplate(platform, isPackaged).flatMap(({ role, submenu }) => [
      role,
      ...(Array.isArray(submenu) ? submenu.map(item => item.role) : []),
    ])
  assert.deepEqual(roles('darwin', true).slice(0, 4), ['appMenu', undefined, 'close', 'editMenu'])
  assert.ok(roles('linux', true).includes('quit'))
  assert.ok(roles('linux', false).includes('toggleDevTools'))
  assert.equal(roles('linux', true).includes('toggleDevTools'), false)
})

test('the window comes back where it was, unless that screen is gone', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'window-')), 'window.json')
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: 1920, y: 0, width: 1920, height: 1080 },
  ]
  const usual = { bounds: { width: 1280, height: 820 }, isMaximized: false }
  assert.deepEqual(await readWindowState(file, screens), usual)

  const left = { bounds: { x: 2400, y: 50, width: 900, height: 700 }, isMaximized: true }
  await writeWindowState(file, left)
  assert.deepEqual(await readWindowState(file, screens), left)
  assert.deepEqual(await readWindowState(file, screens.slice(0, 1)), { bounds: { width: 900, height: 700 }, isMaximized: true })

  for (const damaged of ['', '{', 'null', '[]', '{"bounds":{"width":1,"height":1},"isMaximized":false}', '{"bounds":{"width":"x"}}']) {
    await writeFile(file, damaged)
    assert.deepEqual(await readWindowState(file, screens), usual, damaged)
  }
})

test('the shell stays thin: at most 300 lines in all', async () => {
  const files = (await readdir(import.meta.dirname)).filter(file => !file.endsWith('.test.ts'))
  const texts = await Promise.all(files.map(file => readFile(join(import.meta.dirname, file), 'utf8')))
  const lines = texts.flatMap(text => text.split('\n')).filter(line => line.trim() !== '')
  assert.ok(lines.length <= 300, `${lines.length} lines`)
})
