import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import { openPart, openTool, practiceOrigin, tryPractice } from './steps.ts'

test.beforeEach(({ page }) => page.getByRole('button', { name: /^Open the sample app/ }).click())

test('an action is tried from its form: it asks before it writes, and its answer is shown', async ({ app, page }) => {
  await openTool(page, 'Slack Bot')
  const form = page.getByRole('region', { name: 'Try it' })
  await form.getByLabel('Action').selectOption('Post a message')
  await expect(form.getByText('Connect an account to run it.')).toBeVisible()
  await tryPractice(app)
  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))

  await openTool(page, 'Slack Bot')
  await form.getByLabel('Action').selectOption('Post a message')
  const send = form.getByRole('button', { name: 'Post a message…' })
  await send.click()
  await expect(form.getByText('Channel is missing.')).toBeVisible()
  await check(page, 'the form with what is missing')
  const dialog = page.getByRole('dialog', { name: 'Post a message now?' })
  await expect(dialog).toHaveCount(0)

  await form.getByRole('combobox', { name: 'Channel' }).fill('#support')
  await form.getByLabel('Message', { exact: true }).fill('From the form')
  await send.click()
  await expect(dialog).toContainText('practice account, as plugboard in Northwind')
  await check(page, 'the question before it is sent')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(await messagesIn(slack, 'support')).not.toContain('From the form')
  await send.click()
  await dialog.getByRole('button', { name: 'Post a message' }).click()
  await expect(form.getByRole('region', { name: 'Answer' })).toContainText('"ts"')
  await check(page, 'the answer')
  expect((await messagesIn(slack, 'support')).filter(text => text === 'From the form')).toHaveLength(1)
})

test('the editor offers tools, actions, their fields and choices, explains them, and shows what does not fit', async ({ page }) => {
  await openPart(page, 'Functions')
  await page
    .getByRole('link', { name: /postNewTicketToSlack/ })
    .first()
    .click()
  const code = page.getByRole('textbox', { name: 'Code of postNewTicketToSlack' })
  const offered = page.getByRole('listbox', { name: 'Completions' }).getByRole('option')
  await code.click()
  await page.keyboard.press('ControlOrMeta+A')
  await code.pressSequentially("import { connectors } from 'plugboard'\nexport default () => connectors.")
  await expect(offered).toContainText(['github', 'gmail', 'slackbot'])
  await code.pressSequentially('github.listI')
  await expect(offered.first()).toHaveText(/listIssues/)
  await expect(page.getByText('Lists the issues of a repository')).toBeVisible()
  await check(page, 'what the editor offers')
  await page.keyboard.press('Enter')
  await code.pressSequentially('({ ')
  await expect(offered).toContainText(['repository', 'labels', 'limit', 'state'])
  await code.pressSequentially("state: '")
  await expect(offered).toContainText(['all', 'closed', 'open'])
  await code.pressSequentially('done')
  await page.keyboard.press('Escape')
  await page
    .getByRole('tab', { name: /^Problems/ })
    .or(page.getByRole('radio', { name: /^Problems/ }))
    .click()
  await expect(page.getByRole('list', { name: 'Problems' })).toContainText('"done"')
})
