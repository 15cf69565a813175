import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { changeAnswers } from '../e2e/answers.ts'
import { connectTo, startServe } from '../e2e/shells/serve.ts'
import { appEnvironment, endProcess } from '../e2e/shells/shell.ts'
import { sixtyTools } from '../e2e/sixty-tools.ts'
import { percentile } from './percentile.ts'

const queries = ['copy 12', 'send an email', 'slack', 'issue', 'no such tool']
const rounds = 5
const work = new Set(['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'])

/** From a key press in Browse's search, with sixty tools, to the painted answer, in Chromium. `npm run build` comes first. */
export async function run(): Promise<Record<string, number>> {
  const home = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const { child, address } = await startServe({ env: appEnvironment(home, {}) })
  try {
    const main = connectTo(address)
    const { appId } = await main.client.apps.create({ name: 'Desk' })
    main.close()
    const page = await browser.newPage()
    await changeAnswers(page, { '/connectors/list': sixtyTools })
    await page.goto(address)
    await page.goto(`${new URL(address).origin}/#/apps/${appId}/integrations/browse`)
    await page.getByRole('list', { name: 'Tools', exact: true }).getByRole('listitem').nth(59).waitFor()
    const figures: Figures[] = []
    const cpuMs = await pageClock(page)
    const before = await cpuMs()
    for (let round = 0; round < rounds; round++) figures.push(...(await typeAll(page)))
    const spentMs = (await cpuMs()) - before
    const of = (figure: keyof Figures) => figures.map(each => each[figure])
    return {
      'page CPU ms per key': spentMs / figures.length,
      'key to page updated ms p50': percentile(of('updatedMs'), 50),
      'key to page updated ms p99': percentile(of('updatedMs'), 99),
      'key to painted ms p50': percentile(of('paintedMs'), 50),
      'key to painted ms p99': percentile(of('paintedMs'), 99),
    }
  } finally {
    await browser.close()
    await endProcess(child, 'SIGTERM')
    await rm(home, { recursive: true, force: true })
  }
}

/** CPU time of the page's scripts, styles and layout so far, in ms: what the work costs, whatever else the machine does. */
async function pageClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * metrics.filter(({ name }) => work.has(name)).reduce((sum, { value }) => sum + value, 0)
  }
}

/** `updatedMs`: React and layout are done. `paintedMs`: the frame with it is out, which waits for the display's turn (16.7 ms apart). */
type Figures = { updatedMs: number; paintedMs: number }

async function typeAll(page: Page): Promise<Figures[]> {
  const field = page.getByRole('searchbox', { name: 'Search tools' })
  await field.evaluate(measureInput)
  await field.focus()
  for (const query of queries) {
    for (const key of query) {
      const before = await page.evaluate(() => Reflect.get(globalThis, 'measured').length)
      await page.keyboard.type(key)
      await page.waitForFunction(count => Reflect.get(globalThis, 'measured').length > count, before)
    }
    await field.press('Escape')
  }
  return page.evaluate(() => Reflect.get(globalThis, 'measured') as Figures[])
}

/** Runs in the page: notes the times of each key press from now on. */
function measureInput(field: Element): void {
  const measured: { updatedMs: number; paintedMs: number }[] = []
  if (!Reflect.get(globalThis, 'measured'))
    field.addEventListener('input', ({ timeStamp }) => {
      // After React's own listener, which is on the root.
      setTimeout(() => {
        document.body.getBoundingClientRect()
        const updatedMs = performance.now() - timeStamp
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.addEventListener('message', () =>
            Reflect.get(globalThis, 'measured').push({ updatedMs, paintedMs: performance.now() - timeStamp }),
          )
          port1.start()
          port2.postMessage(null)
        })
      })
    })
  Object.assign(globalThis, { measured })
}
