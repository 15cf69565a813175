import { expect, test as base, type Locator, type Page } from '@playwright/test'
import { catalogue } from '../connectors/catalogue.ts'
import { page as appPage } from '../core/app/page.ts'
import { postClient } from '../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../oauth/tickets.fixture.ts'
import { startTickets } from '../relay/oauth/oauth.fixture.ts'
import { entityFile, password, publishApp, startPublished, type Publisher } from '../relay/published/published.fixture.ts'
import { owner } from '../relay/relay.fixture.ts'
import { check } from './axe.ts'

type Place = Publisher & { site: string }

/** An app on a relay with practice accounts, where each user connects a calendar, and an account of a tool that has no practice. */
const test = base.extend<{ place: Place }>({
  place: async ({}, use) => {
    await using ends = new AsyncDisposableStack()
    const t = { after: (end: () => Promise<void> | void) => ends.defer(async () => end()) }
    const { provider } = await startTickets(t, {
      fields: [{ id: 'shop', label: 'Shop', hint: 'The name before .tickets.example.', placeholder: 'kite', pattern: '[a-z]+' }],
    })
    const tickets = ticketsConnector(provider)
    const publisher = await startPublished(t, 'SQLite', {
      catalogue: {
        tools: { ...catalogue.tools, tickets },
        load: async id => (id === 'tickets' ? tickets : catalogue.load(id)),
      },
    })
    await use({ ...publisher, site: await publishApp(publisher, { appId: 'diary', name: 'Diary', visibility: 'public', files }) })
  },
})

const blocks = [
  { type: 'table', entity: 'Note' },
  { type: 'connect-account', connector: 'googlecalendar' },
  { type: 'connect-account', connector: 'tickets' },
]
const files = {
  ...entityFile('Note', { title: { type: 'string' } }),
  'pages/notes.jsonc': JSON.stringify(appPage.parse({ name: 'notes', title: 'Notes', blocks })),
  'connectors/googlecalendar.jsonc': JSON.stringify({
    type: 'googlecalendar',
    mode: 'app-user',
    scopes: ['https://www.googleapis.com/auth/calendar.events'],
  }),
  'connectors/tickets.jsonc': JSON.stringify({ type: 'tickets', mode: 'app-user', scopes: ['tickets:read'] }),
  'workflows/keep.jsonc': JSON.stringify({
    name: 'Put notes in the calendar',
    is_active: true,
    trigger: { config: { trigger_type: 'entity', entity_name: 'Note', events: ['create'] } },
    definition: {
      document: { dsl: '1.0.0', namespace: 'diary', name: 'keep', version: '1.0' },
      do: [
        {
          add: {
            call: 'invoke_connector_action',
            with: { connector: 'googlecalendar', action: 'createEvent', input: { title: 'x', start: '2031-05-01T09:30:00Z' } },
          },
        },
      ],
    },
  }),
}

const calendar = (page: Page): Locator => page.getByRole('region', { name: 'Your Google Calendar' })
const ticketsBlock = (page: Page): Locator => page.getByRole('region', { name: 'Your Tickets' })
const choose = (page: Page, person: RegExp) => page.getByRole('button', { name: person }).first().click()
const begin = (page: Page) => calendar(page).getByRole('button', { name: 'Connect Google Calendar' }).click()

async function signUp(page: Page, site: string, name: string): Promise<void> {
  await page.goto(`${site}/sign-up`)
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(`${name.toLowerCase()}@example.com`)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await expect(page.getByRole('button', { name: `Your account: ${name}` })).toBeVisible()
}

test('a user connects, sees as whom, lets a flow act, disconnects by keyboard, and connects another account', async ({ place, page }) => {
  const { site } = place
  await page.goto(site)
  await calendar(page).getByRole('link', { name: 'Sign in to connect it' }).click()
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Your name').fill('Vera')
  await page.getByLabel('E-mail').fill('vera@example.com')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()

  await expect(calendar(page)).toContainText('See, add, change and delete events in your calendars')
  await begin(page)
  await choose(page, /robin/i)
  await expect(page).toHaveURL(`${site}/`)
  await expect(calendar(page)).toContainText('Connected as robin@northwind.example')
  await expect(calendar(page)).toContainText('Practice')

  const flow = calendar(page).getByRole('switch', { name: 'Let “Put notes in the calendar” act with my account' })
  await flow.click()
  await expect(calendar(page)).toContainText('“Put notes in the calendar” acts with your account')
  await page.reload()
  await expect(flow).toBeChecked()

  await calendar(page).getByRole('button', { name: 'Disconnect' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await expect(calendar(page).getByRole('button', { name: 'Disconnect' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).focus()
  await page.keyboard.press('Enter')
  await expect(calendar(page)).toContainText('The practice account is disconnected.')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)

  await begin(page)
  await choose(page, /mia/i)
  await expect(calendar(page)).toContainText('Connected as mia@northwind.example')
  await expect(flow, 'what was agreed to was about the account before').not.toBeChecked()
})

test('whoever says no at the provider comes back to the app, and may say yes later', async ({ place, page }) => {
  await signUp(page, place.site, 'Vera')
  await begin(page)
  await page.getByRole('link', { name: 'Cancel' }).click()
  await expect(page.getByRole('heading', { name: 'The account was not connected' })).toBeVisible()
  await page.getByRole('link', { name: 'Go back' }).click()
  await expect(page).toHaveURL(`${place.site}/`)
  await begin(page)
  await choose(page, /robin/i)
  await expect(calendar(page)).toContainText('Connected as robin@northwind.example')
})

test('whoever has signed out since connects nothing, neither for themselves nor for who sits there now', async ({
  place,
  page,
  context,
}) => {
  const { site } = place
  await signUp(page, site, 'Vera')
  await begin(page)
  await expect(page.getByRole('button', { name: /robin/i }).first()).toBeVisible()

  const second = await context.newPage()
  await second.goto(site)
  await second.getByRole('button', { name: 'Your account: Vera' }).click()
  await second.getByRole('menuitem', { name: 'Sign out' }).click()
  await signUp(second, site, 'Bob')

  await choose(page, /robin/i)
  await expect(page.getByText('You are not signed in to the app any more, so nothing was connected.')).toBeVisible()
  await page.getByRole('link', { name: 'Go back' }).click()
  await expect(page.getByRole('button', { name: 'Your account: Bob' })).toBeVisible()
  await expect(calendar(page).getByRole('button', { name: 'Connect Google Calendar' })).toBeVisible()
})

test('what is missing is said before the click: to users whom to ask, to admins where to mend it, and then it is there', async ({
  place,
  page,
  browser,
}) => {
  const { site, relay } = place
  await signUp(page, site, 'Vera')
  await expect(ticketsBlock(page)).toContainText('Tickets cannot be connected here yet. Ask the people of Plugboard to set it up.')
  await expect(ticketsBlock(page).getByRole('button')).toHaveCount(0)
  await expect(ticketsBlock(page).getByRole('link')).toHaveCount(0)

  await using admin = await browser.newContext()
  const member = await admin.newPage()
  await member.goto(`${relay.url}/sign-in`)
  await member.getByLabel('E-mail').fill(owner.email)
  await member.getByLabel('Password').fill(owner.password)
  await member.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(member).not.toHaveURL(/sign-in/)
  await member.goto(`${site}/sign-in`)
  await member.getByRole('link', { name: `Continue as ${owner.name}` }).click()
  await expect(ticketsBlock(member)).toContainText('Tickets cannot be connected yet: Plugboard has no OAuth client for Tickets.')
  const mending = admin.waitForEvent('page')
  await ticketsBlock(member).getByRole('link', { name: 'Set it up on the relay' }).click()
  const relayPage = await mending
  await relayPage.getByLabel('Client id').fill(postClient.clientId)
  await relayPage.getByLabel('Client secret').fill(postClient.clientSecret ?? '')
  await relayPage.getByRole('button', { name: 'Save' }).click()
  await expect(relayPage.getByRole('heading', { name: 'OAuth clients' })).toBeVisible()

  await page.reload()
  await ticketsBlock(page).getByRole('button', { name: 'Connect Tickets' }).click()
  const goOn = ticketsBlock(page).getByRole('button', { name: 'Go on to Tickets' })
  await expect(goOn).toBeDisabled()
  await page.getByLabel('Shop').fill('not a shop!')
  await goOn.click()
  await expect(ticketsBlock(page).getByRole('alert')).toContainText('cannot be the shop of Tickets')
})

test.describe('the connect block', () => {
  // The check runs in the page.
  test.use({ bypassCSP: true })

  test('has no serious fault for people who use it by keyboard or screen reader, in any of its states', async ({ place, page }) => {
    await page.goto(place.site)
    await expect(calendar(page).getByRole('link')).toBeVisible()
    await check(page, 'signed out')
    await signUp(page, place.site, 'Vera')
    await expect(ticketsBlock(page)).toContainText('cannot be connected')
    await check(page, 'to be connected, and one that cannot be')
    await begin(page)
    await choose(page, /robin/i)
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 })
      await expect(calendar(page)).toContainText('Connected as')
      await check(page, `connected, ${width} wide`)
    }
    await calendar(page).getByRole('button', { name: 'Disconnect' }).click()
    await check(page, 'asked whether to disconnect')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click()
    await expect(calendar(page)).toContainText('is disconnected')
    await check(page, 'disconnected')
  })
})
