import { expect, test, type App } from './app.ts'
import { check } from './axe.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import {
  account,
  addTicket,
  agree,
  beginPractice,
  makeSupportDesk,
  moreActions,
  openMyIntegrations,
  openPart,
  practiceOrigin,
} from './steps.ts'

const passphrase = 'correct horse battery'

test('a flow that may not post asks for exactly that, waits, and posts once when it may', async ({ app, page }) => {
  await makeSupportDesk(app, { passphrase })
  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  const before = await messagesIn(slack, 'support')

  await test.step('without its account the flow says so, and a run waits', async () => {
    await disconnect(app)
    await openPart(page, 'Flows')
    const flow = page.getByRole('list', { name: 'Flows' }).getByRole('listitem')
    await expect(flow.getByText('Needs permission')).toBeVisible()
    await expect(flow.getByText('Waits for “plugboard in Northwind” (Slack Bot) to be connected again.')).toBeVisible()
    await flow.getByRole('switch').click()
    await flow.getByRole('switch').click()
    const said = page.getByRole('region', { name: 'Notifications' }).getByText('“New ticket to Slack” is on. Waits for “plugboard')
    await expect(said).toBeVisible()
    await addTicket(page, 'Printer is on fire')
    await openPart(page, 'Runs')
    await expect(runView(app).getByText('Waiting for permission', { exact: true })).toBeVisible()
    await expect(runView(app).getByText(/Waiting since/)).toBeVisible()
  })

  await test.step('signed in again with less than was asked, it asks for the one permission that is missing', async () => {
    const consent = await beginPractice(app, { from: runView(app), button: 'Reconnect' })
    await consent.getByRole('checkbox', { name: 'chat:write' }).uncheck()
    await agree(consent)
    await openPart(page, 'Runs')
    await expect(runView(app).getByText('Waits until Slack Bot is allowed to do this: Post messages')).toBeVisible()
    await expect(runView(app).getByRole('button', { name: 'Allow' })).toBeVisible()
    await check(page, 'a run that waits')
    expect(await messagesIn(slack, 'support')).toEqual(before)
  })

  await test.step('what waits outlives the power', async () => {
    await app.restart({ signal: 'SIGKILL' })
    await page.getByRole('link', { name: 'Support desk' }).click()
    await openPart(page, 'Flows')
    const flow = page.getByRole('list', { name: 'Flows' }).getByRole('listitem')
    await expect(flow.getByText('Waits until your sign-ins are unlocked.')).toBeVisible()
    await flow.getByRole('button', { name: 'Unlock' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your sign-ins are locked' })
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase)
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    await expect(flow.getByText('Waiting for permission', { exact: true })).toBeVisible()
    await expect(flow.getByText(/^Waits until Slack Bot is allowed to do this/)).toBeVisible()
    await check(page, 'a flow that waits')
    await flow.getByRole('link').click()
    await expect(page.getByText(/^The last run waits since/)).toBeVisible()
    await check(page, 'one flow that waits')
  })

  await test.step('allowing it lets the run go on before one’s eyes', async () => {
    await openPart(page, 'Runs')
    await runView(app).getByRole('button', { name: 'Allow' }).click()
    const dialog = page.getByRole('dialog', { name: 'Allow one more permission' })
    await expect(dialog.getByRole('list', { name: 'Permissions' }).getByRole('listitem')).toHaveText([/chat:write$/])
    await agree(await app.browserPage(() => dialog.getByRole('button', { name: 'Allow at Slack Bot' }).click()))
    await expect(runView(app).getByText('Succeeded', { exact: true }).first()).toBeVisible()
    await expect(page.getByRole('navigation', { name: 'Runs' }).getByRole('listitem')).toHaveCount(1)
  })

  expect(await messagesIn(slack, 'support')).toEqual(['New ticket: Printer is on fire', ...before])
  await openPart(page, 'Flows')
  await expect(page.getByRole('list', { name: 'Flows' }).getByText('When a ticket is created')).toBeVisible()
})

const runView = ({ page }: App) => page.getByRole('region', { name: 'Run of New ticket to Slack' })

async function disconnect(app: App): Promise<void> {
  await openMyIntegrations(app.page)
  const row = account(app.page, 'plugboard in Northwind')
  await moreActions(row, 'Disconnect…')
  await app.page
    .getByRole('alertdialog', { name: /^Disconnect/ })
    .getByRole('button', { name: 'Disconnect' })
    .click()
  await expect(row.getByText('Disconnected', { exact: true })).toBeVisible()
}
