import { spawn, type ChildProcess } from 'node:child_process'
import { on } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from '@playwright/test'
import { out } from '../built.ts'
import { appEnvironment, browserTimeoutMs, endProcess, type OpenOptions, type Shell, type StartOptions } from './shell.ts'

type Message = { kind: 'started'; errorBoxes: string[] } | { kind: 'opened'; url: string } | { kind: 'fault'; text: string }

/**
 * The Electron shell in a process of its own, so that it can be killed. Chromium belongs to the spec: the stand-in reaches it over its
 * debugging port, and the page outlives a restart.
 */
export async function openElectronShell({ browser, launchOptions, contextOptions, home, start: first }: OpenOptions): Promise<Shell> {
  const profile = await mkdtemp(join(tmpdir(), 'plugboard-chromium-'))
  const args = [...(launchOptions.args ?? []), '--remote-debugging-port=0']
  const context = await chromium.launchPersistentContext(profile, { ...contextOptions, ...launchOptions, args })
  const [page = await context.newPage()] = context.pages()
  const [port, path] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n')
  const endpoint = `ws://127.0.0.1:${port}${path}`
  const outside = await browser.newContext(contextOptions)
  const faults: string[] = []
  let running: ChildProcess

  async function start(options: StartOptions): Promise<void> {
    const [program, ...before] = [...(options.under ?? []), process.execPath, resolve(import.meta.dirname, '../electron/run.ts')]
    running = spawn(program ?? '', [...before, join(out, 'main/index.js'), endpoint], {
      env: appEnvironment(home, options),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    running.on('message', (message: Message) => message.kind === 'fault' && faults.push(message.text))
    const ended = new AbortController()
    running.once('exit', () => ended.abort(new Error('The Electron shell ended before its window was there.')))
    const { errorBoxes } = await next(running, 'started', ended.signal)
    if (errorBoxes.length > 0) throw new Error(errorBoxes.join(' '))
  }
  await start(first)

  return {
    page,
    faults,
    start,
    pid: () => running.pid ?? 0,
    stop: signal => endProcess(running, signal),
    // The system browser is another one than the app's own Chromium.
    browserPage: async action => {
      const timeout = AbortSignal.timeout(browserTimeoutMs)
      const [{ url }] = await Promise.all([next(running, 'opened', timeout), action()])
      const opened = await outside.newPage()
      await opened.goto(url)
      return opened
    },
    async close() {
      await endProcess(running, 'SIGTERM')
      await Promise.all([context.close(), outside.close()])
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

async function next<Kind extends Message['kind']>(
  child: ChildProcess,
  kind: Kind,
  signal: AbortSignal,
): Promise<Extract<Message, { kind: Kind }>> {
  for await (const [message] of on(child, 'message', { signal }) as AsyncIterable<[Message]>)
    if (message.kind === kind) return message as Extract<Message, { kind: Kind }>
  throw new Error('The shell said no more.')
}
