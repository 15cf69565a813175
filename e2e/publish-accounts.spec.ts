import { setUp, startTestRelay } from '../relay/relay.fixture.ts'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { account, joinRelay, makeSupportDesk, moreActions, openMyIntegrations } from './steps.ts'

test('an account moves to the relay with a publish, each screen says where its token lives, and it is taken back', async ({
  app,
  page,
}) => {
  await using ends = new AsyncDisposableStack()
  const relay = await startTestRelay({ after: end => ends.defer(async () => end()) })
  await setUp(relay)
  await makeSupportDesk(app)

  const browser = await test.step('the desktop signs in to the relay', () => joinRelay(app, relay.url))

  await test.step('what will move, and what flows do after it', async () => {
    const flows = page.getByRole('list', { name: 'Flows after this' })
    await expect(flows.getByRole('link')).toContainText('On the relay')
    await expect(page.getByRole('list', { name: /, after this$/ }).getByRole('img')).toHaveCount(1)
    await expect(page.getByRole('list', { name: 'On This computer' }).getByRole('img')).toHaveCount(0)
    await check(page, 'Publish, with an account that moves')
    await page.getByRole('button', { name: 'Publish version 1' }).click()
    await expect(page.getByRole('heading', { name: 'Version 1 is live' })).toBeVisible()
    await expect(page.getByText('A token is never in two places.')).toBeVisible()
  })

  await test.step('its address opens in the browser', async () => {
    const tab = await app.browserPage(() => page.getByRole('link', { name: `${new URL(relay.url).host}/a/` }).click())
    await expect(tab).toHaveURL(new RegExp(`^${relay.url}/a/`))
    await tab.close()
  })

  await test.step('My integrations and the relay say where it lives', async () => {
    await openMyIntegrations(page)
    await expect(account(page, /Northwind/)).toContainText('You can take it back.')
    await check(page, 'My integrations, with an account on the relay')
    const tab = await browser.newPage()
    await tab.goto(`${relay.url}/connections`)
    await expect(tab.getByRole('row', { name: /Northwind/ })).toContainText('Connected')
    await tab.close()
  })

  await test.step('it is taken back', async () => {
    await moreActions(account(page, /Northwind/), 'Take back to this computer')
    await expect(account(page, /Northwind/)).toContainText('Token on this computer.')
  })
})
