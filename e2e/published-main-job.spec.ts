import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { spawnRelay } from '../relay/process.fixture.ts'
import { databases, owner, testSettings, type Teardown } from '../relay/relay.fixture.ts'
import { expect, type App } from './app.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import { test } from './practice-service.ts'
import { ask, connectCard, create, createBlankApp, mainPrompt, practiceOrigin, resultCard, tryPractice } from './steps.ts'

const appFolder = (app: App) => join(app.home, 'apps/support-desk')

for (const kind of databases)
  test(`the main job on a relay with ${kind}: published, used by others, outliving its desktop and a power cut`, async ({
    app,
    page,
    shell,
    browser,
    ends,
    practice,
  }) => {
    test.skip(shell !== 'serve' && kind !== 'SQLite', 'The shell makes no difference to the relay’s database.')
    test.setTimeout(300_000)
    const settings: Record<string, string> = { ...(await testSettings(ends, kind)), RELAY_PRACTICE_URL: practice, RELAY_DRAIN_SECONDS: '0' }
    let relay = spawnRelay(ends, settings)
    const url = await relay.url()
    settings['PORT'] = new URL(url).port

    await test.step('the main job works on the desktop, with an account of the builder', async () => {
      await createBlankApp(page, 'Support desk')
      await ask(page, mainPrompt)
      await create(page)
      await expect(connectCard(page, 'Slack Bot').getByText('Action required')).toBeVisible()
      await tryPractice(app)
      await expect(resultCard(page)).toContainText('New ticket to Slack is on')
    })
    const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
    const said = async () => (await messagesIn(slack, 'support')).filter(text => text.startsWith('New ticket'))

    await test.step('each user’s own calendar is part of it', async () => {
      const folder = appFolder(app)
      await mkdir(join(folder, 'functions/myDay'), { recursive: true })
      await writeFile(join(folder, 'connectors/googlecalendar.jsonc'), ownCalendar)
      await writeFile(join(folder, 'functions/myDay/entry.ts'), myDay)
      // Long enough after the message for a power cut between it and the end of its step.
      const posting = join(folder, 'functions/postNewTicketToSlack/entry.ts')
      await writeFile(posting, slowly(await readFile(posting, 'utf8')))
    })

    await test.step('one button publishes it', async () => {
      await setUpRelay(browser, relay)
      await page.getByRole('link', { name: 'Publish', exact: true }).click()
      await page.getByLabel('Address of the relay').fill(url)
      const tab = await app.browserPage(() => page.getByRole('button', { name: 'Sign in' }).click())
      await signInMember(tab)
      await tab.getByRole('button', { name: 'Allow', exact: true }).click()
      await expect(tab.getByRole('heading', { name: 'You are signed in to Plugboard' })).toBeVisible()
      await tab.close()
      await page.getByLabel('Who may use it').selectOption('Anyone')
      await expect(page.getByRole('button', { name: /The app itself/ })).toBeVisible()
      await page.getByRole('button', { name: 'Publish version 1' }).click()
      await expect(page.getByRole('heading', { name: 'Version 1 is live' })).toBeVisible()
      await expect(page.getByRole('link', { name: /\/a\/support-desk/ })).toBeVisible()
    })

    await test.step('a change becomes the second version', async () => {
      const entity = join(appFolder(app), 'entities/Ticket.jsonc')
      await writeFile(entity, (await readFile(entity, 'utf8')).replace(/"properties":\s*\{/, '$& "region": { "type": "string" },'))
      await page.getByRole('button', { name: 'Publish version 2' }).click()
      await expect(page.getByRole('heading', { name: 'Version 2 is live' })).toBeVisible()
    })

    await test.step('the desktop is closed: from here on the relay is alone', async () => {
      await app.stop()
      expect(await said()).toEqual([])
    })

    const anna = await visitor(browser, ends)
    await test.step('a visitor signs up and adds a ticket, and the message is in Slack', async () => {
      await signUp(anna, `${url}/a/support-desk/`, 'Anna', 'anna@example.com')
      await addTicket(anna, 'Printer is on fire', 'Office')
      await expect.poll(said, { timeout: 20_000 }).toEqual(['New ticket: Printer is on fire'])
    })

    const ben = await visitor(browser, ends)
    await test.step('a second user connects a calendar of their own, and only they have it', async () => {
      await signUp(ben, `${url}/a/support-desk/`, 'Ben', 'ben@example.com')
      await connectCalendar(ben, /robin/i)
      const ofRobin = { status: 200, body: expect.arrayContaining(['Stand-up']) }
      expect(await callMyDay(ben)).toMatchObject(ofRobin)
      expect(await callMyDay(anna)).toMatchObject({ body: { code: 'needs_connection' } })
      await connectCalendar(anna, /mia/i)
      expect(await callMyDay(anna)).toEqual({ status: 200, body: [] })
      expect(await callMyDay(ben)).toMatchObject(ofRobin)
    })

    const member = await visitor(browser, ends)
    await test.step('the power goes between the message and the end of its step: it arrives once', async () => {
      await addTicket(ben, 'Coffee machine leaks')
      await expect.poll(said, { timeout: 20_000 }).toContain('New ticket: Coffee machine leaks')
      // Slack has the message before the relay has its answer: only then is it known to be done.
      await expect.poll(() => toldOf(ben), { timeout: 20_000 }).toContain('Coffee machine leaks')
      relay.child.kill('SIGKILL')
      await relay.exit
      relay = spawnRelay(ends, settings)
      await relay.url()
      await member.goto(`${url}/sign-in`)
      await signInMember(member)
      await expect(async () => {
        await member.goto(`${url}/apps/support-desk`)
        await expect(member.getByText('Succeeded')).toHaveCount(2, { timeout: 1000 })
      }).toPass()
      expect(await said()).toEqual(['New ticket: Coffee machine leaks', 'New ticket: Printer is on fire'])
    })

    await test.step('a member rolls back: the first version serves, with all that was added since', async () => {
      await member.getByRole('link', { name: 'Roll back to version 1' }).click()
      await member.getByRole('button', { name: 'Roll back' }).click()
      await expect(member.getByRole('table', { name: 'Versions' }).getByRole('row', { name: /Version 1/ })).toContainText('Live')
      await anna.reload()
      await anna.getByRole('link', { name: 'Tickets' }).click()
      await expect(anna.getByRole('row').filter({ hasText: 'Printer is on fire' })).toBeVisible()
      await addTicket(anna, 'Screen is dark')
      await expect.poll(said, { timeout: 20_000 }).toContain('New ticket: Screen is dark')
      await anna.getByRole('link', { name: 'New ticket' }).click()
      await expect(anna.getByLabel('Title')).toBeVisible()
      await expect(anna.getByLabel('Region')).toHaveCount(0)
    })
  })

async function setUpRelay(browser: Browser, relay: ReturnType<typeof spawnRelay>): Promise<void> {
  const [, link = ''] = await relay.line(/Set it up, once: (\S+)/)
  const page = await browser.newPage()
  await page.goto(link)
  await page.getByLabel('Your name').fill(owner.name)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Set up' }).click()
  await expect(page.getByRole('heading', { name: 'Publish the first app' })).toBeVisible()
  await page.context().close()
}

async function signInMember(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** A person with a browser of their own. */
async function visitor(browser: Browser, ends: Teardown): Promise<Page> {
  const context = await browser.newContext()
  ends.after(() => context.close())
  return context.newPage()
}

async function signUp(page: Page, address: string, name: string, email: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('link', { name: 'Sign up' }).first().click()
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('a fine long password')
  await page.getByRole('button', { name: 'Sign up' }).click()
}

async function addTicket(page: Page, title: string, region?: string): Promise<void> {
  await page.getByRole('link', { name: 'Tickets' }).click()
  await page.getByRole('link', { name: 'New ticket' }).click()
  await page.getByLabel('Title').fill(title)
  if (region !== undefined) await page.getByLabel('Region').fill(region)
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('row').filter({ hasText: title })).toBeVisible()
}

/** Connects a practice calendar as this person. The page of the app is where the sign-in ends. */
async function connectCalendar(page: Page, person: RegExp): Promise<void> {
  await page.getByRole('link', { name: 'My accounts' }).click()
  await page.getByRole('button', { name: /^Connect/ }).click()
  await page.getByRole('button', { name: person }).first().click()
  await expect(page.getByRole('button', { name: 'Disconnect' })).toBeVisible()
}

/** Calls a function of the app as its page does. */
const callMyDay = (page: Page): Promise<{ status: number; body: unknown }> =>
  page.evaluate(async () => {
    const response = await fetch('/a/support-desk/api/functions/myDay', { method: 'POST', body: '{}' })
    return { status: response.status, body: await response.json() }
  })

const ownCalendar = JSON.stringify({
  type: 'googlecalendar',
  mode: 'app-user',
  scopes: ['https://www.googleapis.com/auth/calendar.events.readonly'],
})

const myDay = `import { connectors } from 'plugboard'

export default async function myDay() {
  const events = await connectors.googlecalendar.listEvents({})
  return events.map(event => event.title)
}
`

/** The function, which notes in the ticket that it is told, and returns a while after that. */
function slowly(source: string): string {
  const told = `await entities.Ticket.update(ticket.id, { description: '${toldMark}' })`
  const slow = source
    .replace('import { connectors }', 'import { connectors, entities }')
    .replace(/\n\}\n$/, `\n  ${told}\n  await new Promise(resolve => setTimeout(resolve, 3000))\n}\n`)
  expect(slow, 'the function begins and ends as it did when this was written').toMatch(/connectors, entities[^]*Ticket\.update/)
  return slow
}

const toldMark = 'Told in Slack'

/** The tickets whose message is sent, as the function has noted it in them. */
const toldOf = (page: Page): Promise<string[]> =>
  page.evaluate(async mark => {
    const { items } = await (await fetch('/a/support-desk/api/entities/Ticket?limit=20')).json()
    return items.filter(({ description }: { description?: string }) => description === mark).map(({ title }: { title: string }) => title)
  }, toldMark)
