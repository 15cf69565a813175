/** The Electron shell. Whatever decides something here is a pure function in a file of its own; nothing else in Plugboard knows Electron. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, screen, session, shell, type MessagePortMain } from 'electron'
import { AppError } from '../../core/errors.ts'
import { serveOnPort } from '../../core/rpc/serve.ts'
import { createApp } from '../app.ts'
import { createAssets } from '../assets.ts'
import { hostEnvironment } from '../../host/child-environment.ts'
import { homePath, openHome, type Home } from '../home.ts'
import type { PlugboardApp, ShellHost } from '../shell.ts'
import { guardContents, guardSession } from './guard.ts'
import { menuTemplate } from './menu.ts'
import { forkUtility, portOf } from './ports.ts'
import { appOrigin, appScheme, isOurPage } from './trust.ts'
import { windowOptions } from './window-options.ts'
import { readWindowState, writeWindowState } from './window-state.ts'

const home = homePath(process.env)
const profile = join(home, 'electron')
const stateFile = join(profile, 'window.json')
const closingTimeoutMs = 10_000
let saving = Promise.resolve()
/** Pages are there before it is composed. */
const plugboard = Promise.withResolvers<PlugboardApp>()

const shellHost: ShellHost = {
  kind: 'electron',
  openBrowser: url => shell.openExternal(url),
  fork: program => forkUtility(join(import.meta.dirname, `${program}.js`), `Plugboard ${program}`, hostEnvironment(process.env)),
}

// Electron is ready only after this module has been evaluated: nothing here may be awaited.
prepare()
if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(giveUp)
else app.quit()

/** What must be done before Electron is ready. */
function prepare(): void {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    app.setPath('userData', profile)
  } catch {
    // A home that cannot be written is told by openHome, in words.
  }
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)))
  app.on('web-contents-created', (_event, contents) => guardContents(contents, async url => (await plugboard.promise).openLink(url)))
}

async function start(): Promise<void> {
  app.on('second-instance', showWindow)
  app.on('activate', showWindow)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  protocol.handle(appScheme, createAssets(join(import.meta.dirname, '../renderer')))
  guardSession(session.defaultSession)
  const opened = await openHome(home)
  plugboard.resolve(
    createApp({
      shell: shellHost,
      home: opened.path,
      version: app.getVersion(),
      practiceUrl: process.env['PLUGBOARD_PRACTICE_URL'],
    }),
  )
  ipcMain.on('connect', event => {
    const [port] = event.ports
    if (!port || !isOurPage(event.senderFrame)) return
    // What the page says before the app is there waits in its port.
    void answerPage(port)
  })
  await Promise.all([openWindow(), plugboard.promise.then(running => endInOrder(running, opened))])
}

async function answerPage(port: MessagePortMain): Promise<void> {
  const { router, report } = await plugboard.promise
  serveOnPort(portOf(port), router, report)
  port.start()
}

async function openWindow(): Promise<void> {
  const state = await readWindowState(
    stateFile,
    screen.getAllDisplays().map(display => display.workArea),
  )
  const preload = join(import.meta.dirname, '../preload/index.cjs')
  const window = new BrowserWindow(windowOptions(state, { preload, isDark: nativeTheme.shouldUseDarkColors }))
  window.once('ready-to-show', () => {
    if (state.isMaximized) window.maximize()
    window.show()
  })
  window.on('close', () => {
    saving = writeWindowState(stateFile, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }).catch(() => {})
  })
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.reload()
  })
  await window.loadURL(`${appOrigin}/`)
}

/** Electron waits for nothing when it quits: the first time it is held back until all is closed. */
function endInOrder(running: PlugboardApp, opened: Home): void {
  let closing: Promise<void> | undefined
  let isClosed = false
  const close = async () => {
    await Promise.race([running.close().catch(() => {}), delay(closingTimeoutMs, undefined, { ref: false })])
    await saving
    await opened.close()
  }
  app.on('will-quit', event => {
    if (isClosed) return
    event.preventDefault()
    closing ??= close().finally(() => {
      isClosed = true
      app.quit()
    })
  })
  process.on('uncaughtException', cause => running.report(AppError.from(cause)))
}

function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows()
  if (!window) return void openWindow()
  if (window.isMinimized()) window.restore()
  window.focus()
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('Plugboard could not start', AppError.from(error).message)
  app.exit(1)
}
