import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { changeAnswers } from './answers.ts'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import {
  account,
  addTicket,
  createBlankApp,
  makeSupportDesk,
  moreActions,
  openMyIntegrations,
  openTool,
  practiceOrigin,
  signInAs,
  tryPractice,
} from './steps.ts'

const passphrase = 'correct horse battery'
const slackAccount = 'plugboard in Northwind'

test('several accounts of one tool: connected, named, made default, switched, disconnected and removed', async ({ app, page }) => {
  await createBlankApp(page, 'Help desk')
  await openTool(page, 'GitHub')
  await tryPractice(app)
  await page.getByRole('button', { name: 'Add another account' }).click()
  await signInAs(app, /mia/i, () => page.getByRole('button', { name: 'Try with a practice account' }).click())
  await openMyIntegrations(page)
  const [robin, mia, jonas] = [account(page, /robin/), account(page, /mia/), account(page, /jonas/)]
  await expect(rows(page)).toHaveCount(2)
  await expect(robin.getByText('Default', { exact: true })).toBeVisible()
  await expect(mia.getByText('Default', { exact: true })).toBeHidden()

  await test.step('one of them is the default', async () => {
    await moreActions(mia, 'Make default')
    await expect(mia.getByText('Default', { exact: true })).toBeVisible()
    await expect(robin.getByText('Default', { exact: true })).toBeHidden()
  })

  await test.step('a name has to be given and to be free', async () => {
    const [taken = ''] = ((await robin.getByText(/robin/).first().textContent()) ?? '').split(' · ')
    await moreActions(mia, 'Rename')
    const dialog = page.getByRole('dialog', { name: /^Rename/ })
    await dialog.getByLabel('Name').fill(' ')
    await expect(dialog.getByText('Give it a name.')).toBeVisible()
    await dialog.getByLabel('Name').fill(taken)
    await expect(dialog.getByText(`Another GitHub account is called “${taken}”.`, { exact: false })).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Rename' })).toBeDisabled()
    await check(page, 'a name that is taken')
    await dialog.getByLabel('Name').fill('Night shift')
    await page.keyboard.press('Enter')
    await expect(mia.getByText('Night shift')).toBeVisible()
  })

  await test.step('another account is not used before the user has chosen it', async () => {
    await signInAs(app, /jonas/i, () => moreActions(robin, 'Switch account'))
    const choice = page.getByRole('group', { name: 'Which account should be used?' })
    await expect(choice).toContainText(/In use until now.*robin.*Signed in now.*jonas/)
    await check(page, 'the choice between two accounts')
    await choice.getByRole('button', { name: 'Keep the old one' }).click()
    await expect(choice).toBeHidden()
    await expect(robin).toHaveCount(1)
    await signInAs(app, /jonas/i, () => moreActions(robin, 'Switch account'))
    await choice.getByRole('button', { name: 'Use the new account' }).click()
    await expect(jonas.getByText('Practice', { exact: true })).toBeVisible()
    await expect(robin).toHaveCount(0)
    await expect(rows(page)).toHaveCount(2)
  })

  await test.step('the same account is renewed, not doubled', async () => {
    await signInAs(app, /jonas/i, () => moreActions(jonas, 'Switch account'))
    await expect(page.getByRole('status').filter({ hasText: 'Finishing' })).toBeHidden()
    await expect(page.getByText(/is connected\./)).toBeVisible()
    await expect(rows(page)).toHaveCount(2)
  })

  await test.step('what is disconnected can be removed from the list', async () => {
    await moreActions(mia, 'Disconnect…')
    const dialog = page.getByRole('alertdialog', { name: /^Disconnect Night shift/ })
    await expect(dialog.getByText('Nothing in this app uses it.')).toBeVisible()
    await check(page, 'the question before disconnecting')
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    await expect(page.getByText('The practice account is disconnected.')).toBeVisible()
    await expect(mia.getByText('Disconnected', { exact: true })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Lately' }).getByRole('listitem').first()).toContainText('was disconnected from GitHub.')
    await check(page, 'a disconnected account')
    await moreActions(mia, 'Remove from the list')
    await expect(rows(page)).toHaveCount(1)
  })
})

test('a flow stops with its account, and works again with the same one after a reconnect', async ({ app, page }) => {
  await makeSupportDesk(app)
  const slack = await openSlack(await practiceOrigin(app, slackAccount))
  const before = await messagesIn(slack, 'support')
  const row = account(page, slackAccount)
  const access = row.getByRole('link', { name: 'View access' })
  const address = await access.getAttribute('href')
  await expect(row.getByText('Never', { exact: true }).or(row.getByText('Nothing yet')).first()).toBeAttached()

  await addTicket(page, 'Printer is on fire')
  await expect.poll(() => messagesIn(slack, 'support')).toEqual(['New ticket: Printer is on fire', ...before])
  await openMyIntegrations(page)

  await test.step('the row says what uses it, and when it was used last', async () => {
    await expect(row.getByText('Just now')).toBeVisible()
    await row.getByRole('button', { name: '1 flow, 1 function' }).click()
    await expect(page.getByRole('menuitem', { name: 'New ticket to Slack' })).toBeVisible()
    await page.keyboard.press('Escape')
  })

  await test.step('View access lists permissions and calls', async () => {
    await access.click()
    const dialog = page.getByRole('dialog', { name: /^Access of / })
    await expect(dialog.getByRole('list', { name: 'Permissions' }).getByRole('listitem').filter({ hasText: 'chat:write' })).toContainText(
      'Needed by',
    )
    const calls = dialog.getByRole('list', { name: 'Last calls' }).getByRole('listitem')
    await expect(calls.filter({ hasText: 'Post a message' })).toHaveCount(1)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })

  await test.step('disconnecting names what stops', async () => {
    await moreActions(row, 'Disconnect…')
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByText('1 flow and 1 function stop until you connect an account again.')).toBeVisible()
    await expect(dialog.getByRole('list', { name: 'What stops' })).toContainText('New ticket to Slack')
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    await expect(row.getByText('Disconnected', { exact: true })).toBeVisible()
  })

  await test.step('a reconnect keeps the account’s place, and the flow posts again', async () => {
    await signInAs(app, /robin/i, () => row.getByRole('button', { name: 'Reconnect' }).click())
    await expect(access).toHaveAttribute('href', address ?? '')
    await expect(row.getByRole('button', { name: '1 flow, 1 function' })).toBeVisible()
    await addTicket(page, 'Printer is out of paper')
    await expect.poll(async () => (await messagesIn(slack, 'support'))[0]).toBe('New ticket: Printer is out of paper')
  })
})

test('an account that is locked, then not accepted any more, says so first and comes back with its flow', async ({ app, page, home }) => {
  await makeSupportDesk(app, { passphrase })
  await openMyIntegrations(page)
  const row = account(page, slackAccount)
  const address = await row.getByRole('link', { name: 'View access' }).getAttribute('href')
  await app.stop()
  // The provider has forgotten every token it gave.
  await rm(join(home, 'apps/support-desk/.plugboard/practice'), { recursive: true })
  await app.restart()
  await page.getByRole('link', { name: 'Support desk' }).click()

  await test.step('locked', async () => {
    await openMyIntegrations(page)
    await expect(needing(page).filter({ hasText: slackAccount }).getByText('Locked', { exact: true })).toBeVisible()
    await check(page, 'a locked account')
    await row.getByRole('button', { name: 'Unlock' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your sign-ins are locked' })
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase)
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    await expect(row.getByText('Practice', { exact: true })).toBeVisible()
  })

  await test.step('not accepted any more', async () => {
    await addTicket(page, 'Printer is on fire')
    await openMyIntegrations(page)
    await expect(needing(page).filter({ hasText: slackAccount }).getByText('Needs reconnect', { exact: true })).toBeVisible()
    await check(page, 'an account that needs a reconnect')
    await signInAs(app, /robin/i, () => row.getByRole('button', { name: 'Reconnect' }).click())
    await expect(row.getByText('Practice', { exact: true })).toBeVisible()
    await expect(row.getByRole('link', { name: 'View access' })).toHaveAttribute('href', address ?? '')
  })
})

test('everything can be done without a mouse, and the focus stays where it was', async ({ app, page }) => {
  await createBlankApp(page, 'Help desk')
  await openTool(page, 'GitHub')
  await tryPractice(app)
  await openMyIntegrations(page)
  const row = account(page, /robin/)
  const more = row.getByRole('button', { name: /^More actions for/ })

  await more.focus()
  await choose(page, 'Rename')
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused()
  await page.keyboard.type('Night shift')
  await page.keyboard.press('Enter')
  await expect(more).toBeFocused()

  await choose(page, 'Disconnect…')
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Keep' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(more).toBeFocused()

  const access = row.getByRole('link', { name: 'View access' })
  await access.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: /^Access of/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(access).toBeFocused()

  await more.focus()
  await choose(page, 'Disconnect…')
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Keep' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(row.getByText('Disconnected', { exact: true })).toBeVisible()
  await expect(more).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await expect(row.getByRole('button', { name: 'Reconnect' })).toBeFocused()
  await signInAs(app, /robin/i, () => page.keyboard.press('Enter'))
  await expect(row.getByText('Practice', { exact: true })).toBeVisible()
  await expect(more).toBeFocused()
})

test('an account that is tried again says when, and many can be filtered', async ({ app, page }) => {
  test.skip(app.shell !== 'serve', 'Only the browser shell’s line can be changed on its way.')
  await createBlankApp(page, 'Help desk')
  await openTool(page, 'GitHub')
  await tryPractice(app)
  const nextTryAt = new Date(Date.now() + 3_600_000).toISOString()
  await changeAnswers(page, {
    '/connections/watch': ([row]: [object]) => [
      row,
      { ...row, id: '2', name: 'Second', isDefault: false },
      { ...row, id: '3', name: 'Third', isDefault: false, mode: 'app-user' },
      { ...row, id: '4', name: 'Fourth', isDefault: false, state: 'retrying', reason: 'GitHub does not answer (503).', nextTryAt },
    ],
  })
  await page.reload()
  await openMyIntegrations(page)
  await expect(rows(page).first()).toContainText(
    /Fourth.*Retrying.*GitHub does not answer \(503\)\. Next try in 60 min\. Nothing is lost\./,
  )
  await check(page, 'an account that is tried again')
  await page.getByRole('searchbox', { name: 'Filter accounts' }).fill('third')
  await expect(rows(page)).toHaveCount(1)
  await page.getByRole('searchbox', { name: 'Filter accounts' }).fill('nobody')
  await expect(page.getByText('No account fits “nobody”')).toBeVisible()
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(rows(page)).toHaveCount(4)
})

const rows = (page: Page): Locator => page.getByRole('list', { name: /accounts$/ }).getByRole('listitem')
const needing = (page: Page): Locator => page.getByRole('list', { name: 'Needs you: accounts' }).getByRole('listitem')

/** Through the open menu button's menu, with the keyboard. */
async function choose(page: Page, action: string): Promise<void> {
  await page.keyboard.press('Enter')
  const item = page.getByRole('menuitem', { name: action })
  await expect(item).toBeVisible()
  for (let presses = 0; presses < 12 && !(await item.evaluate(element => element === document.activeElement)); presses++)
    await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
}
