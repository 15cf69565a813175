import { createHmac, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { setUp, startTestRelay } from '../relay/relay.fixture.ts'
import { expect, test, type App } from './app.ts'
import { check } from './axe.ts'
import { allowDesktop, ask, chooseProtection, create, createBlankApp, openPart, planCard, resultCard, tabTo } from './steps.ts'

test('a flow’s address is tried here, published, copied and called, and its panel says what came of each request', async ({
  app,
  page,
}) => {
  test.skip(app.shell !== 'serve', 'The clipboard is read in the browser of the page.')
  await using ends = new AsyncDisposableStack()
  const relay = await startTestRelay({ after: end => ends.defer(async () => end()) })
  await setUp(relay)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const panel = page.getByRole('complementary', { name: 'Trigger' })
  const copied = async (button: string): Promise<string> => {
    await panel.getByRole('button', { name: button }).click()
    await expect(panel.getByRole('button', { name: 'Copied' })).toBeVisible()
    const text = await page.evaluate(() => navigator.clipboard.readText())
    await expect(panel.getByRole('button', { name: 'Copied' })).toHaveCount(0)
    return text
  }

  await test.step('on this computer it is tried with a body, without any relay', async () => {
    await createBlankApp(page, 'Support desk')
    await addFlow(app)
    await openTrigger(page)
    await expect(panel).toContainText('Once the app is published, it has an address on your relay')
    await check(page, 'the panel, before publishing')
    const body = panel.getByLabel('Body of a request')
    await body.fill('{ "title": ')
    await expect(panel).toContainText('This is not JSON yet.')
    await expect(panel.getByRole('button', { name: 'Run it here' })).toBeDisabled()
    await body.fill('{ "title": "Printer is on fire" }')
    await panel.getByRole('button', { name: 'Run it here' }).click()
    await page.getByRole('button', { name: 'See the run' }).click()
    await expect(page.getByRole('main').getByText('Succeeded').first()).toBeVisible()
  })

  await test.step('it is published from there', async () => {
    await openTrigger(page)
    await panel.getByRole('link', { name: 'Publish' }).click()
    await page.getByLabel('Address of the relay').fill(relay.url)
    await allowDesktop(
      await app.browserPage(async () => {
        await page.getByRole('button', { name: 'Sign in' }).click()
        await chooseProtection(page)
      }),
    )
    await page.getByRole('button', { name: 'Publish version 1' }).click()
    await expect(page.getByRole('heading', { name: 'Version 1 is live' })).toBeVisible()
    await openTrigger(page)
    await expect(panel.getByText('None has come yet.')).toBeVisible()
  })

  const url = await copied('Copy the address')
  const before = await copied('Copy secret')
  await test.step('signed requests are taken, and others are refused, and the panel says so', async () => {
    expect(url).toBe(`${relay.url}/a/support-desk/hooks/new-issue`)
    await expect(panel).not.toContainText(before)
    expect(await send(url, before)).toBe(200)
    await expect(requests(panel).filter({ hasText: 'Succeeded' })).toHaveCount(1)
    expect(await send(url, 'another secret')).toBe(401)
    await expect(requests(panel).filter({ hasText: 'The signature is wrong.' })).toHaveCount(1)
    await check(page, 'the panel, published')
  })

  await test.step('a new secret, made by keyboard alone, ends the old one', async () => {
    await panel.getByRole('button', { name: 'Close' }).focus()
    await tabTo(page, panel.getByRole('button', { name: 'New secret…' }))
    await page.keyboard.press('Enter')
    await expect(page.getByRole('alertdialog')).toContainText('requests with it are refused')
    await page.keyboard.press('Escape')
    await expect(panel.getByRole('button', { name: 'New secret…' })).toBeFocused()
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('alertdialog').getByRole('button', { name: 'Make a new secret' }))
    await page.keyboard.press('Enter')
    await expect(page.getByText('There is a new secret.')).toBeVisible()
    expect(await send(url, before)).toBe(401)
    const secret = await copied('Copy secret')
    expect(secret).not.toBe(before)
    expect(await send(url, secret)).toBe(200)
    await expect(requests(panel).filter({ hasText: 'Succeeded' })).toHaveCount(2)
    const command = await copied('Copy test command')
    expect(command).toContain(`curl -i '${url}'`)
    expect(command).not.toContain(secret)
  })

  await test.step('no secret was kept on this computer', async () => {
    expect(await filesWith(app.home, relay.url), 'what is looked through').not.toEqual([])
    expect(await filesWith(app.home, before)).toEqual([])
  })

  await test.step('the run is on the relay’s page', async () => {
    const run = await app.browserPage(() => requests(panel).getByRole('link', { name: 'See the run on the relay' }).first().click())
    await expect(run).toHaveURL(new RegExp(`^${relay.url}/`))
    await run.close()
  })
})

/** The files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile() && (await readFile(file, 'latin1')).includes(text)) found.push(file)
  }
  return found
}

const requests = (panel: ReturnType<Page['getByRole']>) => panel.getByRole('list', { name: 'Last requests' }).getByRole('listitem')

async function openTrigger(page: Page): Promise<void> {
  await openPart(page, 'Flows')
  await page
    .getByRole('link', { name: /New issue/ })
    .first()
    .click()
  await page.getByRole('button', { name: /When GitHub sends a webhook/ }).click()
}

/** Sends a request as GitHub does, and gives the status of the answer. */
async function send(url: string, secret: string): Promise<number> {
  const body = JSON.stringify({ action: 'opened', issue: { title: 'Printer is on fire' } })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = { 'content-type': 'application/json', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': `sha256=${signature}` }
  const response = await fetch(url, { method: 'POST', body, headers })
  await response.arrayBuffer()
  return response.status
}

async function addFlow(app: App): Promise<void> {
  const folder = join(app.home, 'apps/support-desk/workflows')
  await mkdir(folder, { recursive: true })
  const flow = {
    name: 'New issue',
    is_active: true,
    trigger: { config: { trigger_type: 'webhook', source: 'github', example: { action: 'opened', issue: { title: 'Example' } } } },
    definition: {
      document: { dsl: '1.0.0', namespace: 'plugboard', name: 'new-issue', version: '1.0.0' },
      do: [{ rest: { wait: 'PT0.01S', 'x-plugboard': { title: 'Rest a moment' } } }],
    },
  }
  await writeFile(
    join(folder, 'newIssue.jsonc'),
    JSON.stringify({ ...flow, trigger: { config: { ...flow.trigger.config, hook_name: 'new-issue' } } }, null, 2),
  )
}

test('a webhook is asked for in the chat, and its flow is tried at once with the example that came with it', async ({ page }) => {
  await createBlankApp(page, 'Shop')
  await ask(page, 'When Stripe sends a payment webhook, add an order')
  await expect(planCard(page)).toContainText('When Stripe sends a webhook about a payment')
  await create(page)
  await expect(resultCard(page)).toBeVisible()
  await openPart(page, 'Flows')
  await page
    .getByRole('link', { name: /Stripe payment to orders/ })
    .first()
    .click()
  await page.getByRole('button', { name: /When Stripe sends a webhook/ }).click()
  const panel = page.getByRole('complementary', { name: 'Trigger' })
  await expect(panel).toContainText('Stripe’s signature in Stripe-Signature')
  await panel.getByRole('button', { name: 'Run it here' }).click()
  await page.getByRole('button', { name: 'See the run' }).click()
  await expect(page.getByRole('main').getByText('Succeeded').first()).toBeVisible()
  await openPart(page, 'Data')
  await expect(page.getByRole('row').filter({ hasText: 'pi_example' })).toContainText('ada@example.com')
})
