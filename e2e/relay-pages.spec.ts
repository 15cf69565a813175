import { expect, test as base, type Page } from '@playwright/test'
import { startWorkspace } from '../relay/pages/workspace.fixture.ts'
import { owner } from '../relay/relay.fixture.ts'
import { check } from './axe.ts'

type Fixtures = { workspace: Awaited<ReturnType<typeof startWorkspace>> }

const test = base.extend<Fixtures>({
  workspace: async ({}, use) => {
    await using ends = new AsyncDisposableStack()
    const workspace = await startWorkspace({ after: end => ends.defer(async () => end()) })
    await workspace.publish(1)
    await workspace.publish(2)
    await workspace.give()
    await use(workspace)
  },
})

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Apps', level: 1 })).toBeVisible()
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('an owner goes back to an earlier version, disconnects an account, and finds both in the log', async ({ workspace, page }) => {
    const { url } = workspace.relay
    page.on('console', message => expect(message.text(), 'the policy of the pages blocks nothing').not.toContain('Content Security Policy'))
    await signIn(page, url)
    await expect
      .poll(() => page.evaluate(() => [...document.fonts].map(({ family, status }) => `${family} ${status}`)))
      .toEqual(['Inter loaded'])
    await page.getByRole('link', { name: 'Support desk' }).click()
    await expect(page.getByRole('table', { name: 'Versions' }).getByRole('row', { name: /Version 2/ })).toContainText('Live')
    await page.getByRole('link', { name: 'Roll back to version 1' }).click()
    await expect(page.getByRole('row', { name: /Ticket/ })).toContainText('One field less: region')
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByRole('link', { name: 'Roll back to version 1' }).click()
    await page.getByRole('button', { name: 'Roll back' }).click()
    await expect(page.getByRole('table', { name: 'Versions' }).getByRole('row', { name: /Version 1/ })).toContainText('Live')

    await page.getByRole('link', { name: 'Connections' }).click()
    await page.getByRole('link', { name: /^Disconnect/ }).click()
    await expect(page.getByText('is disconnected at once')).toBeVisible()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect(page.getByRole('status')).toContainText('Disconnected')
    await expect(page.getByRole('row', { name: /team@example\.com/ })).toContainText('Disconnected')

    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByLabel('What').selectOption('Connections')
    await page.getByRole('button', { name: 'Show' }).click()
    await expect(page.getByRole('row').nth(1)).toContainText('Disconnected an account')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'CSV' }).click()
    expect((await download).suggestedFilename()).toBe('audit-log.csv')
  })

  test('the keyboard reaches the content past the places, and every place', async ({ workspace, page }) => {
    await signIn(page, workspace.relay.url)
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await expect(page.getByRole('link', { name: 'Support desk' })).toBeFocused()
    const places = page.getByRole('navigation', { name: 'Relay' }).getByRole('link')
    for (const name of await places.allInnerTexts()) {
      await places.filter({ hasText: name }).focus()
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { name: name.trim(), level: 1 })).toBeVisible()
      await expect(places.filter({ hasText: name })).toHaveAttribute('aria-current', 'page')
    }
  })
})

test.describe('checked', () => {
  // The check runs in the page.
  test.use({ bypassCSP: true })

  test('the pages have no serious fault, and nothing sticks out of a narrow window', async ({ workspace, page }) => {
    const { url } = workspace.relay
    await signIn(page, url)
    const paths = [
      '/apps',
      '/apps/support-desk',
      '/apps/support-desk/roll-back?version=1',
      '/apps/support-desk/runs',
      '/apps/support-desk/runs?show=day',
      '/apps/support-desk/people',
    ]
    for (const path of [
      ...paths,
      '/connections',
      '/connections/c1/disconnect',
      '/clients',
      '/clients/google',
      '/members',
      '/audit',
      '/account',
      '/nothing',
    ]) {
      await page.goto(url + path)
      await check(page, path)
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: 844 })
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width}`).toBeLessThanOrEqual(width)
      }
    }
  })
})
