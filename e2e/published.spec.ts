import { expect, test as base, type Page } from '@playwright/test'
import { entity } from '../core/app/entity.ts'
import { emptyModel } from '../core/app/model.ts'
import { pageFiles } from '../planner/changes/page-files.ts'
import { freePort } from '../relay/published/own-host.fixture.ts'
import { publishApp, startPublished } from '../relay/published/published.fixture.ts'
import { databases, owner, testSettings, type DatabaseKind } from '../relay/relay.fixture.ts'
import { check } from './axe.ts'
import { tabTo } from './steps.ts'

const test = base.extend<{ ends: AsyncDisposableStack }>({
  ends: async ({}, use) => {
    await using ends = new AsyncDisposableStack()
    await use(ends)
  },
})

const ticket = entity.parse({
  name: 'Ticket',
  properties: {
    title: { type: 'string', title: 'Title' },
    customer_id: { type: 'string', title: 'Customer' },
    status: { type: 'string', title: 'Status', enum: ['open', 'solved'], default: 'open' },
    minutes: { type: 'number', title: 'Minutes' },
  },
  required: ['title'],
})
const customer = entity.parse({ name: 'Customer', properties: { name: { type: 'string', title: 'Name' } }, required: ['name'] })

/** An app of two entities with the pages that publishing gives it. Returns its address without a slash at its end. */
async function publishDesk(
  ends: AsyncDisposableStack,
  kind: DatabaseKind,
  visibility: string,
  settings: Record<string, string> = {},
): Promise<string> {
  const publisher = await startPublished({ after: end => ends.defer(async () => end()) }, kind, { settings })
  const entities = [ticket, customer].map(each => ({ file: `entities/${each.name}.jsonc`, entity: each }))
  const model = { ...emptyModel('a', '/', 'A'), entities }
  const files = [
    ...entities.map(({ file, entity }) => [file, JSON.stringify(entity)]),
    ...pageFiles(model).map(({ path, text }) => [path, text]),
  ]
  return publishApp(publisher, { appId: 'support-desk', name: 'Support desk', visibility, files: Object.fromEntries(files) })
}

/** Fails the test on whatever the page asks outside of its app, and on what its policy had to stop. */
function watch(page: Page, site: string): void {
  page.on('request', request => expect(request.url()).toMatch(new RegExp(`^(data:|${site}(/|$))`)))
  page.on('console', message => expect(message.text()).not.toContain('Content Security Policy'))
  page.on('pageerror', error => expect(error).toBe(null))
}

async function signUp(page: Page, name: string, email: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('a fine long password')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await expect(page.getByRole('button', { name: `Your account: ${name}` })).toBeVisible()
}

async function add(page: Page, noun: string, fill: () => Promise<void>): Promise<void> {
  await page.getByRole('link', { name: `New ${noun}` }).click()
  await fill()
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByText(`The ${noun} is added.`)).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

for (const kind of databases)
  test(`a visitor signs up, adds, finds, changes and deletes tickets, and another one sees it happen, on ${kind}`, async ({
    ends,
    browser,
    page,
  }) => {
    const site = await publishDesk(ends, kind, 'public')
    watch(page, site)
    const row = (who: Page, text: string) => who.getByRole('row').filter({ hasText: text })

    await page.goto(site)
    await expect(page).toHaveTitle('Tickets · Support desk')
    await expect(page.getByText('No tickets yet')).toBeVisible()
    await page.getByRole('link', { name: 'Sign in to add a ticket' }).click()
    await page.getByLabel('E-mail').fill('vera@example.com')
    await page.getByLabel('Password').fill('not my password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
    await page.getByRole('link', { name: 'Sign up' }).click()
    await signUp(page, 'Vera Visitor', 'vera@example.com')

    await page.getByRole('navigation').getByRole('link', { name: 'Customers' }).click()
    await expect(page).toHaveURL(`${site}/customers`)
    await add(page, 'customer', () => page.getByLabel('Name').fill('Kite Logistics'))
    await page.getByRole('navigation').getByRole('link', { name: 'Tickets' }).click()

    const guest = await (await browser.newContext()).newPage()
    ends.defer(() => guest.context().close())
    await guest.goto(`${site}/tickets`)
    await expect(guest.getByText('No tickets yet')).toBeVisible()

    await page.getByRole('link', { name: 'New ticket' }).click()
    await page.getByRole('button', { name: 'Create' }).click()
    await expect(page.getByText('Title is needed.')).toBeVisible()
    await page.getByLabel('Title').fill('Export stops at 500 rows')
    await page.getByRole('combobox', { name: 'Customer' }).fill('kite')
    await page.getByRole('option', { name: 'Kite Logistics' }).click()
    await page.getByLabel('Minutes').fill('12')
    await page.getByRole('button', { name: 'Create' }).click()
    await expect(row(page, 'Export stops')).toContainText('Kite Logistics')
    await expect(row(page, 'Export stops')).toContainText('Open')
    await expect(row(guest, 'Export stops'), 'without loading the page again').toContainText('Kite Logistics')
    await add(page, 'ticket', () => page.getByLabel('Title').fill('A card was charged twice'))

    await page.getByRole('button', { name: 'Title' }).click()
    await expect(page.getByRole('row').nth(1)).toContainText('A card was charged twice')
    await page.getByRole('button', { name: 'Title' }).click()
    await expect(page.getByRole('row').nth(1)).toContainText('Export stops')
    await page.getByLabel('Search tickets').fill('CARD')
    await expect(page.getByText('1 ticket', { exact: true })).toBeVisible()
    await expect(row(page, 'Export stops')).toHaveCount(0)
    await page.getByLabel('Search tickets').fill('nothing of the kind')
    await page.getByRole('button', { name: 'Clear the search' }).click()

    await row(page, 'Export stops').getByText('Kite Logistics').click()
    await expect(page).toHaveURL(new RegExp(`^${site}/tickets/Ticket/[^/]+$`))
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('Status').selectOption('Solved')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByRole('dialog')).toContainText('Solved')
    await expect(row(guest, 'Export stops')).toContainText('Solved')
    await page.reload()
    await expect(page.getByRole('dialog')).toContainText('Solved')
    await page.goBack()
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await page.goForward()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await expect(row(page, 'Export stops')).toHaveCount(0)
    await expect(row(guest, 'Export stops')).toHaveCount(0)

    await page.getByRole('button', { name: 'Your account: Vera Visitor' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('link', { name: 'Sign in to add a ticket' })).toBeVisible()
  })

test('whoever is not admitted learns the name of a private app and how to ask, and nothing else', async ({ ends, page }) => {
  const site = await publishDesk(ends, 'SQLite', 'private')
  watch(page, site)
  await page.goto(`${site}/tickets`)
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByText('Tickets')).toHaveCount(0)
  await page.getByRole('link', { name: 'Ask for access' }).click()
  await page.getByLabel('Your name').fill('Nora Newcomer')
  await page.getByLabel('E-mail').fill('nora@example.com')
  await page.getByRole('button', { name: 'Ask for access' }).click()
  await expect(page.getByRole('heading', { name: 'Request sent' })).toBeVisible()
})

test('a ticket is added, read and left again by keyboard alone', async ({ ends, page }) => {
  const site = await publishDesk(ends, 'SQLite', 'public')
  await page.goto(`${site}/sign-up`)
  await signUp(page, 'Kim Keys', 'kim@example.com')
  await tabTo(page, page.getByRole('link', { name: 'New ticket' }))
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Title')).toBeVisible()
  await tabTo(page, page.getByLabel('Title'))
  await page.keyboard.type('By keyboard')
  await page.keyboard.press('Enter')
  const link = page.getByRole('link', { name: 'By keyboard' })
  await expect(link).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await tabTo(page, link)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText('Status')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page).toHaveURL(`${site}/tickets`)
  await expect(link).toBeFocused()
})

test('on a phone, records are sorted by a choice, and what is wrong with a form is where one looks', async ({ ends, page }) => {
  const site = await publishDesk(ends, 'SQLite', 'public')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${site}/sign-up`)
  await page.getByLabel('Your name').fill('Pia Phone')
  await page.getByLabel('E-mail').fill('pia@example.com')
  await page.getByLabel('Password').fill('a fine long password')
  await page.getByRole('button', { name: 'Sign up' }).click()
  for (const title of ['Banana', 'Apple', 'Cherry']) await add(page, 'ticket', () => page.getByLabel('Title').fill(title))
  const first = page.getByRole('rowgroup').getByRole('row').first()
  await expect(first).toContainText('Cherry')
  for (const [words, name] of [
    ['Title, A to Z', 'Apple'],
    ['Title, Z to A', 'Cherry'],
    ['Created, oldest first', 'Banana'],
  ] as const) {
    await page.getByLabel('Sort by').selectOption(words)
    await expect(first).toContainText(name)
  }
  await expect(page.getByLabel('Sort by').getByRole('option', { name: /Customer/ }), 'the order of ids means nothing').toHaveCount(0)

  await page.getByRole('link', { name: 'New ticket' }).click()
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByLabel('Title')).toBeFocused()
  await page.getByLabel('Title').fill('Offline')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 })
  await expect(page.getByLabel('Title')).toHaveValue('Offline')
})

test('a member who opens an app at its own host signs in on the relay, and is where they wanted to be, at that host', async ({
  ends,
  page,
}) => {
  const port = String(await freePort())
  const settings = { ...(await testSettings({ after: end => ends.defer(async () => end()) }, 'SQLite')), PORT: port }
  await publishDesk(ends, 'SQLite', 'workspace', { ...settings, RELAY_URL: `http://localhost:${port}` })
  const site = `http://support-desk.localhost:${port}`
  await page.goto(`${site}/customers`)
  await page.getByRole('link', { name: 'Continue as a member of Plugboard' }).click()
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('button', { name: `Your account: ${owner.name}` })).toBeVisible()
  await expect(page).toHaveURL(`${site}/customers`)
  await page.getByRole('button', { name: `Your account: ${owner.name}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Continue as a member of Plugboard' }).click()
  await expect(page.getByRole('button', { name: `Your account: ${owner.name}` }), 'the relay knows them still').toBeVisible()
  await expect(page).toHaveURL(new RegExp(`^${site}/`))
})

test('a record that is not there says so, and leads back', async ({ ends, page }) => {
  const site = await publishDesk(ends, 'SQLite', 'public')
  await page.goto(`${site}/tickets/Ticket/nothing`)
  await expect(page.getByText('This ticket is not here.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(`${site}/tickets`)
})

test.describe('the pages', () => {
  // The check runs in the page.
  test.use({ bypassCSP: true })

  test('have no serious fault for people who use them by keyboard or screen reader, on a desk and on a phone', async ({ ends, page }) => {
    const site = await publishDesk(ends, 'SQLite', 'public')
    await page.goto(`${site}/sign-in`)
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await check(page, 'sign in')
    await page.getByRole('link', { name: 'Sign up' }).click()
    await signUp(page, 'Axel Axe', 'axel@example.com')
    await check(page, 'an empty list')
    await add(page, 'ticket', () => page.getByLabel('Title').fill('A ticket'))
    for (const width of [1024, 390]) {
      await page.setViewportSize({ width, height: 760 })
      await page.goto(`${site}/tickets`)
      await expect(page.getByRole('link', { name: 'A ticket' })).toBeVisible()
      await check(page, `the list, ${width} wide`)
      await page.getByRole('link', { name: 'A ticket' }).click()
      await expect(page.getByRole('button', { name: 'Edit' })).toBeVisible()
      await check(page, `a ticket, ${width} wide`)
      await page.getByRole('button', { name: 'Edit' }).click()
      await check(page, `a form, ${width} wide`)
    }
  })
})
