import { expect, test } from './app.ts'
import { messagesIn, openInbox, openSlack } from './practice-accounts.ts'
import { addTicket, openPart, practiceOrigin, tryPractice } from './steps.ts'

test('the sample app works with practice accounts', async ({ app, page }) => {
  await page.getByRole('button', { name: /^Open the sample app/ }).click()
  for (const tool of ['Slack Bot', 'Gmail']) {
    const needed = page.getByRole('list', { name: 'Needed tools' }).getByRole('listitem').filter({ hasText: tool })
    await tryPractice(app, { from: needed })
    await expect(needed).toHaveCount(0)
  }

  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  await addTicket(page, 'Lamp arrived broken', 'Ticket')
  await expect.poll(() => messagesIn(slack, 'support')).toContain('New ticket: Lamp arrived broken')

  const inbox = await openInbox(await practiceOrigin(app, 'robin@northwind.example'))
  await openPart(page, 'Flows')
  await page
    .getByRole('link', { name: /^Open tickets by email/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Run now' }).first().click()
  await expect.poll(() => inbox.subjects()).toContainEqual(expect.stringMatching(/^\d+ open tickets?$/))
})
