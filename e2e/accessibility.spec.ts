import type { Page } from '@playwright/test'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import {
  account,
  addTicket,
  ask,
  create,
  createBlankApp,
  mainPrompt,
  makeSupportDesk,
  moreActions,
  openMyIntegrations,
  openPart,
  planCard,
  connectCard,
  resultCard,
} from './steps.ts'

test('no screen has a serious fault on the way from an empty home to a connected account', async ({ app, page }) => {
  await check(page, 'Home without an app')
  await page.getByRole('button', { name: /^Start blank/ }).click()
  await check(page, 'the dialog for a new app')
  await page.keyboard.press('Escape')
  await createBlankApp(page, 'Support desk')
  await check(page, 'Data and Chat, empty')
  await ask(page, mainPrompt)
  await expect(planCard(page)).toBeVisible()
  await check(page, 'a plan card')
  await create(page)
  const card = connectCard(page, 'Slack Bot')
  await expect(card).toBeVisible()
  await check(page, 'a connect card')
  await card.getByRole('button', { name: 'Try with a practice account' }).click()
  await expect(page.getByRole('dialog', { name: 'Where should sign-ins be kept?' })).toBeVisible()
  await check(page, 'the choice where sign-ins are kept')
  await page.keyboard.press('Escape')
  await card.getByRole('button', { name: 'Skip' }).click()
  await expect(planCard(page)).toContainText('Not added')
  await check(page, 'a plan that was skipped')
  for (const part of ['Functions', 'Flows', 'Runs', 'Integrations', 'Settings'] as const) {
    await openPart(page, part)
    await check(page, `${part}, empty`)
  }
  await openMyIntegrations(page)
  await check(page, 'My integrations, empty')
  await page.getByRole('button', { name: /^App:/ }).click()
  await page.getByRole('menuitem', { name: 'All apps' }).click()
  await page.getByRole('button', { name: /sample app/ }).click()
  await expect(page.getByRole('list', { name: 'Needed tools' })).toBeVisible()
  await check(page, 'My integrations of the sample app')
  expect(app.pid()).toBeGreaterThan(0)
})

test('no screen of an app in use has a serious fault', async ({ app, page }) => {
  await makeSupportDesk(app)
  await check(page, 'a result card')
  await addTicket(page, 'Printer is on fire')
  await check(page, 'Data')
  await page.getByRole('button', { name: 'Open Printer is on fire' }).click()
  await check(page, 'the form of a record')
  await page.keyboard.press('Escape')

  await openPart(page, 'Functions')
  await page
    .getByRole('main')
    .getByRole('link', { name: /postNewTicketToSlack/ })
    .click()
  await expect(page.getByRole('textbox', { name: /^Code of/ })).toBeVisible()
  await check(page, 'a function')

  await openPart(page, 'Flows')
  await check(page, 'Flows')
  await page
    .getByRole('main')
    .getByRole('link', { name: /New ticket to Slack/ })
    .first()
    .click()
  for (const tab of await page.getByRole('main').getByRole('tab').all()) {
    await tab.click()
    await check(page, `a flow: ${await tab.textContent()}`)
  }

  await openPart(page, 'Runs')
  await expect(
    page
      .getByRole('region', { name: /^Run of/ })
      .getByText('Succeeded', { exact: true })
      .first(),
  ).toBeVisible()
  await check(page, 'Runs')

  await openPart(page, 'Integrations')
  await check(page, 'Browse')
  await page
    .getByRole('region', { name: 'Tools' })
    .getByRole('link', { name: /^Gmail/ })
    .click()
  await check(page, 'the page of a tool')
  await openMyIntegrations(page)
  await check(page, 'My integrations')
  const row = account(page, 'plugboard in Northwind')
  await row.getByRole('link', { name: 'View access' }).click()
  await expect(page.getByRole('dialog', { name: /^Access of/ }).getByText('chat:write')).toBeVisible()
  await check(page, 'View access')
  await page.keyboard.press('Escape')
  for (const action of ['Rename', 'Disconnect…']) {
    await moreActions(row, action)
    await check(page, `the dialog for ${action}`)
    await page.keyboard.press('Escape')
  }

  await openPart(page, 'Settings')
  await check(page, 'Settings')
  await page.keyboard.press('ControlOrMeta+K')
  await expect(page.getByRole('dialog', { name: 'Search or do' })).toBeVisible()
  await check(page, 'the palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^App:/ }).click()
  await page.getByRole('menuitem', { name: 'All apps' }).click()
  await expect(page.getByRole('link', { name: 'Support desk' })).toBeVisible()
  await check(page, 'Home')
})

test('the main job can be done without a mouse', async ({ app, page }) => {
  await expect(page.getByRole('textbox', { name: 'Describe the app' })).toBeFocused()
  await page.keyboard.type(mainPrompt)
  await page.keyboard.press('Enter')
  await expect(planCard(page).getByRole('button', { name: 'Create' })).toBeVisible()
  await tabTo(page, 'Create')
  await page.keyboard.press('Enter')
  await expect(connectCard(page, 'Slack Bot')).toBeVisible()

  const consent = await app.browserPage(async () => {
    await tabTo(page, 'Try with a practice account')
    await page.keyboard.press('Enter')
    await tabTo(page, 'With a passphrase')
    // Held for a moment, as a finger does: the group chooses while the key is down.
    await page.keyboard.press('ArrowDown', { delay: 100 })
    await tabTo(page, 'Use for this session')
    await page.keyboard.press('Enter')
  })
  await tabTo(consent, /robin/i)
  const back = consent.waitForResponse(response => new URL(response.url()).searchParams.has('code'))
  await consent.keyboard.press('Enter')
  expect((await back).status()).toBe(200)
  await consent.close()
  await expect(resultCard(page)).toBeVisible()

  await goTo(page, 'Ticket Data')
  await tabTo(page, /^New record/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByLabel('Title')).toBeFocused()
  await page.keyboard.type('Printer is on fire')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(page.getByRole('row').filter({ hasText: 'Printer is on fire' })).toHaveCount(1)

  await goTo(page, 'Runs')
  await expect(
    page
      .getByRole('region', { name: /^Run of/ })
      .getByText('Succeeded', { exact: true })
      .first(),
  ).toBeVisible()
})

/** Through the palette. */
async function goTo(page: Page, words: string): Promise<void> {
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('ControlOrMeta+K')
  const palette = page.getByRole('dialog', { name: 'Search or do' })
  await expect(palette.getByRole('combobox')).toBeFocused()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await expect(palette).toBeHidden()
}

/** Presses Tab until the focus is on the control with this name. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole('button', { name }).or(page.getByRole('radio', { name })).first()
  await expect(wanted).toBeVisible()
  for (let presses = 0; presses < 80; presses++) {
    if (await wanted.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(wanted).toBeFocused()
}
