import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from './app.ts'
import { chromiumOptions } from './built.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import { addTicket, makeSupportDesk, openPart, practiceOrigin } from './steps.ts'

type Traces = { traces: string }

/** The app under strace, which writes down where it and all its processes connect to. */
const traced = base.extend<Traces>({
  traces: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'plugboard-trace-'))
    await use(join(folder, 'connects'))
    await rm(folder, { recursive: true, force: true })
  },
  start: async ({ traces }, use) =>
    use({
      under: ['strace', '--daemonize', '--follow-forks', '--seccomp-bpf', '--quiet=all', '--trace=connect,sendto', `--output=${traces}`],
    }),
})

const canTrace = works('strace', ['--seccomp-bpf', '-f', '-o', '/dev/null', 'true'])

traced('starting and using the app asks nobody but this machine', async ({ app, page, traces }) => {
  traced.skip(!canTrace, 'strace is not here, or may not be used.')
  const asked = new Set<string>()
  page.on('request', request => asked.add(new URL(request.url()).hostname))
  await page.reload()
  await makeSupportDesk(app)
  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  await addTicket(page, 'Printer is on fire')
  await expect.poll(() => messagesIn(slack, 'support')).toContain('New ticket: Printer is on fire')
  for (const part of ['Functions', 'Flows', 'Runs', 'Settings'] as const) await openPart(page, part)
  await app.stop()

  expect([...asked]).toEqual([new URL(page.url()).hostname])
  const lines = (await readFile(traces, 'utf8')).split('\n')
  const network = lines.filter(line => /sa_family=AF_INET/.test(line))
  expect(network.length).toBeGreaterThan(0)
  expect(network.filter(line => !/inet_addr\("127\.|"::1"/.test(line))).toEqual([])
})

const namespace = `plugboard-${process.pid}`
const within = ['ip', 'netns', 'exec', namespace]

/** The app and its Chromium on a machine whose only network is loopback. */
const cutOff = base.extend<object, { machine: string }>({
  machine: [
    async ({}, use) => {
      if (!canCutOff) return use('')
      const folder = await mkdtemp(join(tmpdir(), 'plugboard-offline-'))
      const chromium = join(folder, 'chromium')
      await writeFile(chromium, `#!/bin/sh\nexec ${within.join(' ')} ${chromiumOptions.executablePath} "$@"\n`)
      await chmod(chromium, 0o755)
      execFileSync('ip', ['netns', 'add', namespace])
      execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up'])
      await use(chromium)
      execFileSync('ip', ['netns', 'delete', namespace])
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ machine }, use) => use({ ...chromiumOptions, ...(machine && { executablePath: machine }) }),
    { scope: 'worker' },
  ],
  start: async ({ machine }, use) => use(machine ? { under: within } : {}),
})

const canCutOff = process.getuid?.() === 0 && works('unshare', ['--net', 'true']) && works('ip', ['-V'])

cutOff('without a network it says so, and goes on working', async ({ app, page }) => {
  cutOff.skip(!canCutOff, 'Only root may make a machine without a network (ip netns).')
  await expect(page.getByRole('contentinfo', { name: 'Status' }).getByText('Offline', { exact: true })).toBeVisible()
  await makeSupportDesk(app)
  await addTicket(page, 'Printer is on fire')
  await openPart(page, 'Runs')
  await expect(
    page
      .getByRole('region', { name: /^Run of/ })
      .getByText('Succeeded', { exact: true })
      .first(),
  ).toBeVisible()
})

function works(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
