import { catalogue, catalogueOf } from '../connectors/catalogue.ts'
import { confidential } from '../relay/oauth/oauth.fixture.ts'
import { postClient, startAuthorizationServer } from '../oauth/oidc.fixture.ts'
import { ticketsConnector } from '../oauth/tickets.fixture.ts'
import { setUp, startTestRelay, type Teardown } from '../relay/relay.fixture.ts'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { account, allowDesktop, chooseProtection, createBlankApp, openMyIntegrations, openPart, openTool } from './steps.ts'

/** A relay on which Google Calendar is the test's own authorization server, which needs a secret. */
async function startRelay(ends: Teardown) {
  const { googlecalendar } = catalogue.tools
  if (!googlecalendar) throw new Error('There is no Google Calendar.')
  const server = await startAuthorizationServer(ends, { scopes: Object.keys(googlecalendar.scopes) })
  const { id, name, scopes } = googlecalendar
  const { provider } = server.party(postClient, { ...confidential, id: googlecalendar.provider.id, name: googlecalendar.provider.name })
  return startTestRelay(ends, { catalogue: catalogueOf({ [id]: { ...ticketsConnector(provider), id, name, scopes } }) })
}

test('an admin saves an OAuth client on the relay, and the desktop connects an account through it', async ({ app, page }) => {
  await using stack = new AsyncDisposableStack()
  const relay = await startRelay({ after: end => stack.defer(async () => end()) })
  await setUp(relay)
  await createBlankApp(page, 'Help desk')

  const browser = await test.step('the desktop signs in to the relay', async () => {
    await openPart(page, 'Settings')
    await page.getByLabel('Address of the relay').fill(relay.url)
    const tab = await app.browserPage(async () => {
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await chooseProtection(page)
    })
    return allowDesktop(tab)
  })

  await test.step('the tool says who can make it ready', async () => {
    await openTool(page, 'Google Calendar')
    await expect(page.getByRole('button', { name: 'Connect to Google Calendar' })).toBeDisabled()
    await expect(page.getByText('have an admin add one to')).toBeVisible()
  })

  await test.step('the admin saves the client on the relay', async () => {
    const tab = await browser.newPage()
    await tab.goto(`${relay.url}/clients`)
    await tab
      .getByRole('row', { name: /Google/ })
      .getByRole('link')
      .first()
      .click()
    await tab.getByLabel('Client id').fill(postClient.clientId)
    await tab.getByLabel('Client secret').fill(postClient.clientSecret ?? '')
    await tab.getByRole('button', { name: 'Save' }).click()
    await expect(tab.getByRole('row', { name: /Google/ })).toContainText(postClient.clientId)
    await tab.close()
  })

  await test.step('an account is connected, with the page of the relay in between', async () => {
    const connect = page.getByRole('button', { name: 'Connect to Google Calendar' })
    await expect(async () => {
      await openPart(page, 'Settings')
      // Back from the browser: what main has asked the relay within the last seconds is still believed.
      await page.evaluate(() => window.dispatchEvent(new Event('focus')))
      await expect(page.getByRole('list', { name: 'Providers' })).toContainText(`${postClient.clientId} on `, { timeout: 2000 })
      await openTool(page, 'Google Calendar')
      await expect(connect).toBeEnabled({ timeout: 2000 })
    }).toPass({ timeout: 30_000 })
    const tab = await app.browserPage(() => connect.click())
    await expect(tab.getByRole('heading', { name: 'Connect Google Calendar?' })).toBeVisible()
    await check(tab, 'the relay’s page of an account to connect')
    await tab.getByRole('button', { name: 'Continue to Google Calendar' }).click()
    await tab.getByPlaceholder('Enter any login').fill('ada')
    await tab.getByPlaceholder('and password').fill('x')
    await tab.getByRole('button', { name: 'Sign-in' }).click()
    await tab.getByRole('button', { name: 'Continue' }).click()
    await expect(tab.getByRole('heading', { name: 'You are signed in as ada@tickets.example' })).toBeVisible()
    await tab.close()
  })

  await test.step('it is the relay’s, and can be used here', async () => {
    await openMyIntegrations(page)
    await expect(account(page, /ada@tickets\.example/)).toContainText('relay')
    await check(page, 'My integrations, with an account that was connected through the relay')
  })
})
