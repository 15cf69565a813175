import { startWorkspace } from '../relay/pages/workspace.fixture.ts'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { allowDesktop, chooseProtection } from './steps.ts'

test('a teammate with an empty Plugboard signs in to the team’s relay, opens an app from there, and signs out', async ({ app, page }) => {
  await using ends = new AsyncDisposableStack()
  const workspace = await startWorkspace({ after: end => ends.defer(async () => end()) })
  await workspace.publish(1)
  const { url } = workspace.relay
  const relay = page.getByRole('region', { name: 'Relay' })

  const browser = await test.step('from the first screen to the relay', async () => {
    await page.getByRole('link', { name: 'Sign in to open its apps' }).click()
    await expect(page.getByRole('heading', { name: 'Relay' })).toBeFocused()
    await check(page, 'Settings, before a relay')
    await relay.getByLabel('Address of the relay').fill(url)
    const tab = await app.browserPage(async () => {
      await relay.getByRole('button', { name: 'Sign in' }).click()
      await chooseProtection(page)
    })
    return allowDesktop(tab)
  })

  await test.step('Settings say where this computer is signed in, and as whom', async () => {
    await expect(relay).toContainText('Owner of')
    await check(page, 'Settings, with a relay')
    const tab = await app.browserPage(() => relay.getByRole('link', { name: 'Open its page' }).click())
    await expect(tab).toHaveURL(new RegExp(`^${url}/`))
    await tab.close()
  })

  await test.step('the team’s app is opened here', async () => {
    await page.getByRole('link', { name: 'Plugboard', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Make an app for your team' })).toBeVisible()
    await check(page, 'the first screen, with apps on the relay')
    await page.getByRole('button', { name: 'Open here: Support desk' }).click()
    await expect(page.getByRole('navigation', { name: 'Parts of the app' })).toBeVisible()
    await page.getByRole('link', { name: 'Publish', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Publish version 2' })).toBeVisible()
  })

  await test.step('signing out asks first, and ends the session on the relay', async () => {
    await page.getByRole('navigation', { name: 'Parts of the app' }).getByRole('link', { name: 'Settings' }).click()
    await relay.getByRole('button', { name: 'Sign out…' }).click()
    const question = page.getByRole('alertdialog', { name: /^Sign out of/ })
    await expect(question.getByRole('button', { name: 'Stay signed in' })).toBeFocused()
    await check(page, 'the question before signing out')
    await question.getByRole('button', { name: 'Sign out' }).click()
    await expect(relay.getByLabel('Address of the relay')).toBeVisible()
    const tab = await browser.newPage()
    await tab.goto(`${url}/account`)
    // Its header, and the one that published.
    await expect(tab.getByRole('table', { name: 'Desktops' }).getByRole('row')).toHaveCount(2)
    await tab.close()
    await page.getByRole('link', { name: 'Publish', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'Publish to a relay' })).toBeVisible()
  })
})
