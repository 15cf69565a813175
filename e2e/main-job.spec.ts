import { expect, test } from './app.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import {
  account,
  addTicket,
  connectCard,
  create,
  mainPrompt,
  openMyIntegrations,
  openPart,
  planCard,
  practiceOrigin,
  resultCard,
  tryPractice,
} from './steps.ts'

test('from nothing to a message in Slack when a ticket is created', async ({ app, page }) => {
  await test.step('a sentence becomes a plan', async () => {
    await page.getByRole('textbox', { name: 'Describe the app' }).fill(mainPrompt)
    await page.getByRole('button', { name: 'Create app' }).click()
    const plan = planCard(page)
    await expect(plan.getByText('When a ticket is created')).toBeVisible()
    await expect(plan.getByRole('listitem').filter({ hasText: 'Function' })).toContainText('postNewTicketToSlack')
    await expect(plan.getByText('Post messages', { exact: false }).first()).toBeVisible()
    await plan.getByRole('radio', { name: 'Shared' }).click()
    await create(page)
  })

  await test.step('the plan asks for an account, and a practice account is enough', async () => {
    const card = connectCard(page, 'Slack Bot')
    await expect(card.getByText('Action required')).toBeVisible()
    await expect(card.getByText('Required permissions')).toBeVisible()
    await expect(card.getByRole('button', { name: 'Connect to Slack Bot' })).toBeVisible()
    await expect(card.getByRole('button', { name: 'Skip' })).toBeVisible()
    await tryPractice(app)
    await expect(connectCard(page, 'Slack Bot').getByText('Practice', { exact: true })).toBeVisible()
    await expect(resultCard(page)).toContainText('New ticket to Slack is on')
  })

  const origin = await practiceOrigin(app, 'plugboard in Northwind')
  const slack = await openSlack(origin)
  await test.step('a new ticket is posted once', async () => {
    const before = await messagesIn(slack, 'support')
    await addTicket(page, 'Printer is on fire')
    await expect.poll(() => messagesIn(slack, 'support')).toEqual(['New ticket: Printer is on fire', ...before])
  })

  await test.step('the run says what it did', async () => {
    await openPart(page, 'Runs')
    const run = page.getByRole('region', { name: 'Run of New ticket to Slack' })
    await expect(run.getByText('Succeeded', { exact: true }).first()).toBeVisible()
    await expect(run.getByRole('list', { name: 'Steps' }).getByRole('listitem')).toHaveCount(2)
    await expect(run.getByRole('list', { name: 'Steps' })).toContainText(/ticket/i)
  })

  await test.step('the account shows who it is, what it may do and what it did', async () => {
    await openMyIntegrations(page)
    const row = account(page, 'plugboard in Northwind')
    await expect(row.getByText('Practice', { exact: true })).toBeVisible()
    await row.getByRole('link', { name: 'View access' }).click()
    const access = page.getByRole('dialog', { name: /^Access of / })
    await expect(access.getByRole('listitem').filter({ hasText: 'chat:write' })).toContainText('New ticket to Slack')
    await expect(access.getByRole('listitem').filter({ hasText: 'Post a message' })).toHaveCount(1)
    await expect(access.getByText('practice account lives on this computer')).toBeVisible()
  })
})
