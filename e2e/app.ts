import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { openElectronShell } from './shells/electron.ts'
import { openServeShell } from './shells/serve.ts'
import type { OpenOptions, Shell, ShellKind, StartOptions } from './shells/shell.ts'

export { expect }

export type AppOptions = { shell: ShellKind }

export type App = {
  shell: ShellKind
  /** The page of the app. It stays the same object when the app is restarted. */
  page: Page
  /** PLUGBOARD_HOME. */
  home: string
  /** The process of the shell: Electron's main, or the server. */
  pid(): number
  /**
   * Ends the app and starts it again on the same home. `SIGTERM` lets it close in order, `SIGKILL` is what a power cut is to it. With
   * `env` the new process sees more variables, such as those that move its clock.
   */
  restart(options?: { signal?: NodeJS.Signals; env?: Record<string, string> }): Promise<void>
  /** Ends the app without starting it again. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Does something that opens the system browser, and gives the page that opened there. */
  browserPage(action: () => Promise<unknown>): Promise<Page>
}

type Fixtures = {
  start: StartOptions
  home: string
  app: App
  /** Another desktop, with a home of its own. */ another: App
  page: Page
  restart: App['restart']
}

/** The app, opened in whichever shell the project names, in a home directory of its own. The specs cannot tell which. */
export const test = base.extend<Fixtures & AppOptions>({
  shell: ['serve', { option: true }],
  start: [{}, { option: true }],
  home: async ({ shell }, use) => {
    const home = await mkdtemp(join(tmpdir(), `plugboard-${shell}-`))
    await use(home)
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  },
  app: async ({ shell: kind, browser, launchOptions, contextOptions, home, start }, use) => {
    await useApp(kind, { browser, launchOptions, contextOptions, home, start }, use)
  },
  another: async ({ shell: kind, browser, launchOptions, contextOptions, start }, use) => {
    const home = await mkdtemp(join(tmpdir(), `plugboard-${kind}-`))
    await useApp(kind, { browser, launchOptions, contextOptions, home, start }, use)
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  },
  page: async ({ app }, use) => use(app.page),
  restart: async ({ app }, use) => use(app.restart),
})

async function useApp(kind: ShellKind, options: OpenOptions, use: (app: App) => Promise<void>): Promise<void> {
  const { home, start } = options
  const open = kind === 'serve' ? openServeShell : openElectronShell
  const shell: Shell = await open(options)
  await use({
    shell: kind,
    page: shell.page,
    home,
    pid: shell.pid,
    restart: async ({ signal = 'SIGTERM', env } = {}) => {
      await shell.stop(signal)
      await shell.start({ ...start, env: { ...start.env, ...env } })
    },
    stop: (signal = 'SIGTERM') => shell.stop(signal),
    browserPage: shell.browserPage,
  })
  await shell.close()
  expect(shell.faults).toEqual([])
}
