import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Browser } from 'playwright-core'
import { percentile } from './percentile.ts'

const rounds = 5

/** From the command to a screen one can use, with the build done and an empty home, in the browser shell. `npm run build` comes first. */
export async function run(): Promise<Record<string, number>> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    const starts: Start[] = []
    for (let round = 0; round < rounds; round++) starts.push(await startOnce(browser))
    const of = (figure: keyof Start) => starts.map(start => start[figure])
    return {
      'listening ms p50': percentile(of('listeningMs'), 50),
      'usable screen ms p50': percentile(of('usableMs'), 50),
      'usable screen ms max': percentile(of('usableMs'), 100),
      'host RSS MB': percentile(of('hostMb'), 50),
    }
  } finally {
    await browser.close()
  }
}

type Start = { listeningMs: number; usableMs: number; hostMb: number }

async function startOnce(browser: Browser): Promise<Start> {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const started = performance.now()
  const shell = spawn(process.execPath, [resolve('out/main/serve.js'), '--no-open', '--port', '0'], {
    env: { ...process.env, PLUGBOARD_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const page = await browser.newPage()
  try {
    const address = await readAddress(shell.stdout)
    const listeningMs = performance.now() - started
    await page.goto(address)
    await page.getByRole('textbox', { name: 'Describe the app' }).waitFor({ timeout: 10_000 })
    return { listeningMs, usableMs: performance.now() - started, hostMb: hostMemoryMb(shell.pid ?? 0) }
  } finally {
    await page.close()
    shell.kill()
    await once(shell, 'exit')
    await rm(home, { recursive: true, force: true })
  }
}

async function readAddress(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /http:\/\/\S+/.exec(line)?.[0]
    if (address) return address
  }
  throw new Error('Plugboard ended before it said where it runs.')
}

/** Resident memory of the host process, a child of the shell. NaN where `ps` does not list it. */
function hostMemoryMb(shellPid: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,rss=,args='], { encoding: 'utf8' }).split('\n')
  const host = lines.find(line => line.includes('host.js') && Number(line.trim().split(/\s+/)[0]) === shellPid)
  return Number(host?.trim().split(/\s+/)[1] ?? Number.NaN) / 1024
}
