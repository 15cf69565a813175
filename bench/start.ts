import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { percentile } from './percentile.ts'

const rounds = 5

/** From the command to a screen one can use, with the build done and an empty home, in the browser shell. `npm run build` comes first. */
export async function run(): Promise<Record<string, number>> {
  const browser = await chromium.launch({
    executablePath: process.env['PLUGBOARD_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const listening: number[] = []
  const usable: number[] = []
  const hostMb: number[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const home = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
      const started = performance.now()
      const server = spawn(process.execPath, [resolve('out/main/serve.js'), '--no-open'], {
        env: { ...process.env, PLUGBOARD_HOME: home },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const address = await readAddress(server.stdout)
      listening.push(performance.now() - started)
      const page = await browser.newPage()
      await page.goto(address)
      await page.getByRole('button', { name: 'New app' }).first().waitFor()
      usable.push(performance.now() - started)
      hostMb.push(hostMemoryMb(server.pid ?? 0))
      await page.close()
      server.kill()
      await once(server, 'exit')
      await rm(home, { recursive: true, force: true })
    }
  } finally {
    await browser.close()
  }
  return {
    'listening ms p50': percentile(listening, 50),
    'usable screen ms p50': percentile(usable, 50),
    'usable screen ms max': percentile(usable, 100),
    'host RSS MB': percentile(hostMb, 50),
  }
}

async function readAddress(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /http:\/\/\S+/.exec(line)?.[0]
    if (address) return address
  }
  throw new Error('Plugboard ended before it said where it runs.')
}

/** Resident memory of the host process, a child of the shell. */
function hostMemoryMb(shellPid: number): number {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,rss=,args='], { encoding: 'utf8' }).split('\n')
  const host = lines.find(line => line.includes('host.js') && Number(line.trim().split(/\s+/)[0]) === shellPid)
  return Number(host?.trim().split(/\s+/)[1] ?? Number.NaN) / 1024
}
