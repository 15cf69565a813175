import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { MainContract } from '../../core/contract/main.ts'
import { createClient, linkOptions } from '../../core/rpc/connect.ts'
import { out } from '../built.ts'
import { appEnvironment, browserTimeoutMs, endProcess, type OpenOptions, type Shell, type StartOptions } from './shell.ts'

type ServeStart = { program?: string; args?: string[]; env: Record<string, string>; under?: string[] }

/** Starts the built browser shell; resolves with the address it prints. Rejects with what it says when it ends instead. */
export async function startServe(options: ServeStart): Promise<{ child: ChildProcess; address: string }> {
  const { program = join(out, 'main/serve.js'), args = ['--port', '0', '--no-open'], under = [] } = options
  const [command = process.execPath, ...before] = [...under, process.execPath, program]
  const child = spawn(command, [...before, ...args], { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', text => {
    complaint += String(text)
  })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  createInterface(child.stdout).on('line', line => {
    const [, address] = /^Plugboard is running at (\S+)$/.exec(line) ?? []
    if (address) resolve(address)
  })
  child.once('close', () => reject(new Error(complaint)))
  return { child, address: await promise }
}

/** Main's contract, as a program that holds the address reaches it. */
export function connectTo(address: string): { client: ContractRouterClient<MainContract>; close(): void } {
  const url = new URL(address)
  const cookie = `plugboard-${url.port}=${url.searchParams.get('token')}`
  const socket = new WebSocket(`ws://${url.host}/rpc`, { headers: { cookie, origin: url.origin } })
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket, ...linkOptions })
  return { client: createClient<MainContract>(link), close: () => socket.close() }
}

export async function openServeShell({ browser, contextOptions, home, start: first }: OpenOptions): Promise<Shell> {
  const context = await browser.newContext(contextOptions)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', error => faults.push(`uncaught in page: ${error.message}`))
  let running: ChildProcess

  async function start(options: StartOptions): Promise<void> {
    const { child, address } = await startServe({ env: appEnvironment(home, options), under: options.under })
    running = child
    await page.goto(address)
  }
  await start(first)

  return {
    page,
    faults,
    start,
    pid: () => running.pid ?? 0,
    stop: signal => endProcess(running, signal),
    // The system browser is the browser the page is in.
    browserPage: async action => {
      const [opened] = await Promise.all([context.waitForEvent('page', { timeout: browserTimeoutMs }), action()])
      return opened
    },
    async close() {
      await context.close()
      await endProcess(running, 'SIGTERM')
    },
  }
}
