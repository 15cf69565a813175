/**
 * The twenty points of Electron's security list (docs/tutorial/security.md), each by its number, on the built bundles and a real
 * Chromium. What only the real binary can show is listed in CONTRIBUTING.md.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium, type Browser } from 'playwright-core'
import { chromiumOptions, out } from '../built.ts'
import { openElectron, type OpenElectron } from './open.ts'

let browser: Browser
let app: OpenElectron
before(async () => {
  browser = await chromium.launch(chromiumOptions)
  app = await openElectron(browser)
  await app.page.waitForFunction(() => (document.body.textContent ?? '').trim() !== '')
})
after(async () => {
  await app.close()
  await browser.close()
})

const root = resolve(import.meta.dirname, '../..')
const readSources = async (folder: string) => {
  const files = (await readdir(join(root, folder), { recursive: true })).filter(file => /(?<!\.test)\.tsx?$/.test(file))
  return Promise.all(files.map(async file => ({ file: join(folder, file), text: await readFile(join(root, folder, file), 'utf8') })))
}
const calls = (permission: string, origin: string): [asked: unknown, checked: unknown] => {
  let asked: unknown
  const request = app.electron.permissions.request as (...args: unknown[]) => void
  const check = app.electron.permissions.check as (...args: unknown[]) => unknown
  request(null, permission, (granted: boolean) => (asked = granted), { requestingUrl: `${origin}/` })
  return [asked, check(null, permission, origin)]
}

test('1. only secure content: nothing but our own scheme was asked for, and it is served locally', () => {
  assert.deepEqual([...app.electron.handlers.keys()], ['app'])
  // A request to anywhere else is a fault of the stand-in.
  assert.deepEqual(app.electron.faults, [])
})

test('2, 3, 4, 6, 8, 9, 10. the window is made with exactly these preferences', () => {
  const { preload, ...preferences } = app.window.options.webPreferences ?? {}
  assert.deepEqual(preferences, { nodeIntegration: false, contextIsolation: true, sandbox: true, webviewTag: false, spellcheck: false })
  assert.equal(preload, join(out, 'preload/index.cjs'))
})

test('4. every process is sandboxed, from before ready', () => assert.ok(app.electron.app.isSandboxed))

test('5. no permission is given, but copying to the clipboard from our own page', () => {
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'midiSysex',
    'pointerLock',
    'openExternal',
    'clipboard-read',
    'hid',
    'usb',
    'serial',
  ])
    assert.deepEqual(calls(permission, 'app://renderer'), [false, false], permission)
  assert.deepEqual(calls('clipboard-sanitized-write', 'app://renderer'), [true, true])
  assert.deepEqual(calls('clipboard-sanitized-write', 'https://evil.example'), [false, false])
  assert.equal(app.electron.permissions.device?.(), false)
})

test('7. the policy lets no inline script run and no string become code', async () => {
  const messages: string[] = []
  app.page.on('console', message => messages.push(message.text()))
  const reached = await app.page.evaluate(async () => {
    const attempts: (() => void)[] = [
      () => {
        const script = document.createElement('script')
        script.text = 'window.owned = 1'
        document.body.append(script)
      },
      () => {
        document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.owned = 2">')
      },
      () => void setTimeout('window.owned = 3'),
    ]
    for (const attempt of attempts)
      try {
        attempt()
      } catch {
        // Trusted Types refuse by throwing.
      }
    const fetched = await fetch('https://evil.example/').then(
      () => true,
      () => false,
    )
    let markup = 'taken'
    try {
      document.createElement('div').innerHTML = '<b>markup</b>'
    } catch (error) {
      markup = String(error)
    }
    return { owned: 'owned' in window, fetched, markup: markup.includes('TrustedHTML') ? 'refused' : markup }
  })
  assert.deepEqual(reached, { owned: false, fetched: false, markup: 'refused' })
  assert.match(messages.join('\n'), /Content Security Policy|TrustedScript|Trusted Type/)
})

test('7. the page itself breaks no rule of the policy', async () => {
  const page = await openElectron(browser)
  const violations: string[] = []
  page.page.on('console', message => {
    if (/Content Security Policy|Trusted Type/.test(message.text())) violations.push(message.text())
  })
  await page.page.reload()
  await page.page.waitForFunction(() => (document.body.textContent ?? '').trim() !== '')
  assert.deepEqual(violations, [])
  await page.close()
})

test('11, 12. a webview cannot be attached, and nothing asks for one', async () => {
  let isPrevented = false
  ;(app.window.webContents as unknown as NodeJS.EventEmitter).emit('will-attach-webview', { preventDefault: () => (isPrevented = true) })
  assert.ok(isPrevented)
  for (const { file, text } of [...(await readSources('renderer')), ...(await readSources('main/electron'))])
    assert.doesNotMatch(text, /<webview|webviewTag: true/, file)
})

test('13. the page cannot be led away: by a link, a script, a form or a redirect', async () => {
  const { page } = app
  const start = page.url()
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: 'https://evil.example/', textContent: 'leave', id: 'leave' })
    document.body.append(link)
  })
  await page.locator('#leave').click({ noWaitAfter: true })
  await page.evaluate(() => location.assign('https://evil.example/'))
  await page.evaluate(() => location.assign('file:///etc/passwd')).catch(() => {})
  await page.evaluate(() => document.querySelector('#leave')?.remove())
  assert.equal(page.url(), start)
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'])
    for (const [url, stays] of Object.entries({
      'app://renderer/': true,
      'app://renderer.evil/': false,
      'https://evil.example/': false,
      'file:///x': false,
    })) {
      let isPrevented = false
      ;(app.window.webContents as unknown as NodeJS.EventEmitter).emit(event, { url, preventDefault: () => (isPrevented = true) })
      assert.equal(isPrevented, !stays, `${event} ${url}`)
    }
})

test('14. the page opens no window', async () => {
  const pages = app.page.context().pages().length
  await app.page.evaluate(() => void window.open('https://example.com/docs'))
  await app.page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: 'https://example.com/link', target: '_blank' })
    document.body.append(link)
    link.click()
    link.remove()
  })
  while (app.electron.opened.length < 2) await new Promise(resolve => setTimeout(resolve, 10))
  assert.deepEqual(app.electron.opened.splice(0), ['https://example.com/docs', 'https://example.com/link'])
  while (app.page.context().pages().length > pages) await new Promise(resolve => setTimeout(resolve, 10))
})

test('15. a link opens nothing but https in the browser, and what main has led to', async () => {
  const urls = [
    'http://example.com/',
    'http://127.0.0.1:4747/',
    'file:///etc/passwd',
    'ms-msdt:/id',
    'javascript:alert(1)',
    'app://renderer/',
    'not a url',
    '',
  ]
  for (const url of [...urls, 'https://example.com/last']) assert.deepEqual(app.window.openHandler(url), { action: 'deny' }, url)
  while (app.electron.opened.length === 0) await new Promise(resolve => setTimeout(resolve, 10))
  assert.deepEqual(app.electron.opened.splice(0), ['https://example.com/last'])
})

test('16. Electron is one of the three majors that get fixes, pinned to a version', async () => {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> }
  assert.match(devDependencies['electron'] ?? '', /^\d+\.\d+\.\d+$/)
  assert.ok(Number.parseInt(devDependencies['electron'] ?? '', 10) >= 45)
})

test('17. main answers nobody but the top frame of our page', async () => {
  const offer = (senderFrame: object | null) => {
    let isStarted = false
    const port = { on: () => port, start: () => (isStarted = true), postMessage: () => {} }
    app.electron.ipcMain.emit('connect', { senderFrame, ports: [port] })
    return async () => {
      await new Promise(resolve => setImmediate(resolve))
      return isStarted
    }
  }
  const strangers = [
    { url: 'https://evil.example/', parent: null },
    { url: 'app://renderer.evil/', parent: null },
    { url: 'app://renderer@evil/', parent: null },
    { url: 'app://evil/', parent: null },
    { url: 'https://renderer/', parent: null },
    { url: 'app://renderer/', parent: {} },
    { url: '', parent: null },
    null,
  ]
  for (const frame of strangers) assert.equal(await offer(frame)(), false, JSON.stringify(frame))
  assert.equal(await offer({ url: 'app://renderer/', parent: null })(), true)
  // Without a port there is nothing to answer on.
  app.electron.ipcMain.emit('connect', { senderFrame: { url: 'app://renderer/', parent: null }, ports: [] })
})

test('18. the page comes from our own scheme, registered before ready, never from a file', async () => {
  assert.deepEqual(app.electron.schemes.get('app'), { standard: true, secure: true, supportFetchAPI: true, codeCache: true })
  assert.equal(app.page.url(), 'https://renderer.app.invalid/')
  for (const { file, text } of await readSources('main/electron')) assert.doesNotMatch(text, /loadFile|file:\/\//, file)
})

// 19. The fuses are read back from the packed app: e2e/electron/package.test.ts.

test('20. the page gets no API of Electron, only one port', async () => {
  const found = await app.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer', 'plugboard'].filter(name => name in window),
  )
  assert.deepEqual(found, [])
  const received = await app.page.evaluate(async () => {
    const message = new Promise<MessageEvent>(resolve => window.addEventListener('message', resolve, { once: true }))
    const answered = !window.dispatchEvent(new Event('plugboard:connect', { cancelable: true }))
    const { data, ports } = await message
    return { answered, data: data as unknown, ports: ports.length }
  })
  assert.deepEqual(received, { answered: true, data: 'plugboard:port', ports: 1 })
})

test('a frame inside the page gets no port', async () => {
  const answered = await app.page.evaluate(() => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const inner = frame.contentWindow as (Window & typeof globalThis) | null
    const answered = inner && !inner.dispatchEvent(new inner.Event('plugboard:connect', { cancelable: true }))
    frame.remove()
    return answered
  })
  assert.equal(answered, false)
})

test('the host process sees nothing of the environment of the desktop', () => {
  const [{ options } = { options: undefined }] = app.electron.forks
  const allowed = ['TZ', 'LANG', 'LC_ALL', 'LC_TIME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir']
  assert.deepEqual(
    Object.keys(options?.env ?? { none: 1 }).filter(name => !allowed.includes(name)),
    [],
  )
})
