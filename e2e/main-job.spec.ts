import { expect, test } from './app.ts'
import { messagesIn, openSlack } from './practice-slack.ts'
import { addTicket, ask, createBlankApp, mainPrompt, practiceOrigin, tryPractice } from './steps.ts'

test('from nothing to a message in Slack when a ticket is created', async ({ app, page }) => {
  await createBlankApp(page, 'Support desk')
  await ask(page, mainPrompt)

  const plan = page.getByRole('article', { name: /^Plan:/ })
  await expect(plan.getByText('When a ticket is created')).toBeVisible()
  await expect(plan.getByText(/post messages/i).first()).toBeVisible()
  await plan.getByRole('radio', { name: 'Shared' }).click()
  await plan.getByRole('button', { name: 'Create' }).click()

  const card = page.getByRole('article', { name: /^Connect Slack Bot/ })
  await expect(card.getByText('Action required')).toBeVisible()
  await expect(card.getByText('Required permissions')).toBeVisible()
  await tryPractice(app)

  await expect(page.getByRole('article', { name: 'Result' })).toBeVisible()
  await addTicket(page, 'Printer is on fire')

  const slack = await openSlack(await practiceOrigin(app, 'Slack'))
  await expect.poll(() => messagesIn(slack, 'support')).toContainEqual(expect.stringContaining('Printer is on fire'))
})
