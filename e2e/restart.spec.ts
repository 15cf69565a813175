import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type App } from './app.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import { hostPid } from './processes.ts'
import { account, addTicket, makeSupportDesk, openMyIntegrations, openPart, planCard, practiceOrigin, resultCard } from './steps.ts'

const passphrase = 'correct horse battery'

test('the power goes in the middle of a run: nothing is lost and nothing is done twice', async ({ app, page }) => {
  await makeSupportDesk(app, { passphrase })
  const before = await messagesIn(await openSlack(await practiceOrigin(app, 'plugboard in Northwind')), 'support')
  await addPause(app, 'PT5S')
  await addTicket(page, 'Printer is on fire')
  await untilPaused(app)

  await app.restart({ signal: 'SIGKILL' })

  await test.step('the app, its records and its conversation are there', async () => {
    await page.getByRole('link', { name: 'Support desk' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'Printer is on fire' })).toHaveCount(1)
    await expect(planCard(page)).toContainText('New ticket to Slack')
    await expect(resultCard(page).getByRole('button', { name: 'Undo' })).toBeVisible()
  })

  await test.step('the run goes on where it was', async () => {
    await openPart(page, 'Runs')
    await expect(runView(app).getByText('Succeeded', { exact: true }).first()).toBeVisible()
    await expect(page.getByRole('navigation', { name: 'Runs' }).getByRole('listitem')).toHaveCount(1)
  })

  await test.step('the account is locked until the passphrase is given', async () => {
    await openMyIntegrations(page)
    const row = account(page, 'plugboard in Northwind')
    await expect(row.getByText('Locked', { exact: true })).toBeVisible()
    await row.getByRole('button', { name: 'Unlock' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your sign-ins are locked' })
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill('not the one')
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    await expect(dialog.getByRole('alert')).toBeVisible()
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase)
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    await expect(row.getByText('Practice', { exact: true })).toBeVisible()
  })

  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  expect(await messagesIn(slack, 'support')).toEqual(['New ticket: Printer is on fire', ...before])
  await addTicket(page, 'Printer is out of paper')
  await expect
    .poll(() => messagesIn(slack, 'support'))
    .toEqual(['New ticket: Printer is out of paper', 'New ticket: Printer is on fire', ...before])
})

test('the process that runs the apps dies in the middle of a run: it is back, and so is the page', async ({ app, page }) => {
  await makeSupportDesk(app)
  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  const before = await messagesIn(slack, 'support')
  await addPause(app, 'PT2S')
  await addTicket(page, 'Printer is on fire')
  await untilPaused(app)

  const pid = await hostPid(app.pid())
  process.kill(pid, 'SIGKILL')

  await expect(runView(app).getByText('Succeeded', { exact: true }).first()).toBeVisible()
  expect(await hostPid(app.pid())).not.toBe(pid)
  await addTicket(page, 'Printer is out of paper')
  await expect
    .poll(() => messagesIn(slack, 'support'))
    .toEqual(['New ticket: Printer is out of paper', 'New ticket: Printer is on fire', ...before])
  await openPart(page, 'Runs')
  await expect(page.getByRole('navigation', { name: 'Runs' }).getByRole('listitem')).toHaveCount(2)
})

const runView = ({ page }: App) => page.getByRole('region', { name: 'Run of New ticket to Slack' })

/** Gives the flow a second step that waits, as an editor beside Plugboard would. */
async function addPause({ page, home }: App, duration: string): Promise<void> {
  const file = join(home, 'apps/support-desk/workflows/New ticket to Slack.jsonc')
  const flow = JSON.parse(await readFile(file, 'utf8'))
  flow.definition.do.push({ pause: { wait: duration } })
  await writeFile(file, JSON.stringify(flow, null, 2))
  await openPart(page, 'Flows')
  await page
    .getByRole('link', { name: /New ticket to Slack/ })
    .first()
    .click()
  await expect(page.getByText('pause', { exact: false }).first()).toBeVisible()
}

/** The message is sent, and the run waits. */
async function untilPaused({ page }: App): Promise<void> {
  await openPart(page, 'Runs')
  await expect(page.getByRole('region', { name: 'Run of New ticket to Slack' }).getByText('Waiting', { exact: true }).first()).toBeVisible()
}
