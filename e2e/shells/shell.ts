import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Browser, BrowserContextOptions, LaunchOptions, Page } from '@playwright/test'

/** How long the system browser may take to open a page: a practice account that sleeps has to start first. */
export const browserTimeoutMs = 30_000

export type ShellKind = 'serve' | 'electron'
/** `under`: a program, with its arguments, that starts the app's process and gives way to it, as `ip netns exec` does. */
export type StartOptions = { env?: Record<string, string>; under?: string[] }
export type OpenOptions = {
  browser: Browser
  launchOptions: LaunchOptions
  contextOptions: BrowserContextOptions
  home: string
  start: StartOptions
}

/** One way to run the app for a spec. */
export type Shell = {
  page: Page
  faults: string[]
  pid(): number
  start(options: StartOptions): Promise<void>
  stop(signal: NodeJS.Signals): Promise<void>
  browserPage(action: () => Promise<unknown>): Promise<Page>
  close(): Promise<void>
}

/** What the process of an app may see in a test: enough to find fonts and programs, nothing of Node's test runner. */
export function appEnvironment(home: string, { env }: StartOptions): Record<string, string> {
  const passed = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR']
  const own = Object.fromEntries(passed.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
  return { ...own, ...env, PLUGBOARD_HOME: home }
}

/** Ends a process and waits until it is gone; one that does not follow is killed. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(timer)
}
