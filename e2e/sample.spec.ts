import { expect, test } from './app.ts'
import { messagesIn, openInbox, openSlack } from './practice-accounts.ts'
import { addTicket, openPart, practiceOrigin, tryPractice } from './steps.ts'

test('the sample app works with practice accounts', async ({ app, page }) => {
  await page.getByRole('button', { name: /^Open the sample app/ }).click()
  for (const tool of ['Slack Bot', 'Gmail']) {
    await openPart(page, 'Integrations')
    await page
      .getByRole('region', { name: 'Tools' })
      .getByRole('link', { name: new RegExp(`^${tool}`) })
      .click()
    await tryPractice(app)
    await expect(page.getByRole('main').getByRole('link', { name: 'View access' })).toBeVisible()
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
