import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, type App } from './app.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import {
  account,
  addTicket,
  agree,
  ask,
  beginPractice,
  connectCard,
  create,
  createBlankApp,
  mainPrompt,
  makeSupportDesk,
  moreActions,
  planCard,
  practiceOrigin,
  resultCard,
  tryPractice,
} from './steps.ts'

test('Skip adds nothing, and the plan can be run again', async ({ app, page }) => {
  await createBlankApp(page, 'Support desk')
  const blank = await filesOf(app)
  await ask(page, mainPrompt)
  await create(page)
  await connectCard(page, 'Slack Bot').getByRole('button', { name: 'Skip' }).click()
  await expect(connectCard(page, 'Slack Bot')).toContainText('Skipped')
  await expect(planCard(page)).toContainText('Not added')
  expect(await filesOf(app)).toEqual(blank)

  await planCard(page).getByRole('button', { name: 'Run again' }).click()
  await create(page)
  await tryPractice(app)
  await expect(resultCard(page)).toContainText('New ticket to Slack is on')
  expect(Object.keys(await filesOf(app)).length).toBeGreaterThan(Object.keys(blank).length)
})

test('Undo takes back all that a plan made, and Run again makes it again', async ({ app, page }) => {
  await createBlankApp(page, 'Support desk')
  const blank = await filesOf(app)
  await ask(page, mainPrompt)
  await create(page)
  await tryPractice(app)
  await expect(resultCard(page).getByRole('button', { name: 'Undo' })).toBeVisible()
  const made = await filesOf(app)

  await resultCard(page).getByRole('button', { name: 'Undo' }).click()
  await expect(resultCard(page)).toContainText('Undone')
  expect(await filesOf(app)).toEqual(blank)

  await planCard(page).getByRole('button', { name: 'Run again' }).click()
  await create(page)
  await expect(resultCard(page).getByRole('button', { name: 'Undo' })).toBeVisible()
  expect(await filesOf(app)).toEqual(made)
})

test('an account that is disconnected and connected again keeps its place in flows', async ({ app, page }) => {
  await makeSupportDesk(app)
  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  const row = account(page, 'plugboard in Northwind')
  await moreActions(row, 'Disconnect…')
  const question = page.getByRole('alertdialog', { name: /^Disconnect/ })
  await expect(question.getByText('New ticket to Slack').first()).toBeVisible()
  await question.getByRole('button', { name: 'Disconnect' }).click()
  await expect(row.getByText('Disconnected', { exact: true })).toBeVisible()

  await tryPractice(app, { from: row, button: 'Reconnect' })
  await expect(row.getByText('Practice', { exact: true })).toBeVisible()
  await expect(page.getByRole('list', { name: / accounts$/ }).getByRole('listitem')).toHaveCount(1)
  await addTicket(page, 'Printer is on fire')
  await expect.poll(() => messagesIn(slack, 'support')).toContain('New ticket: Printer is on fire')
})

test('a sign-in that is refused, or cancelled half-way, can be tried again', async ({ app, page }) => {
  await createBlankApp(page, 'Support desk')
  await ask(page, mainPrompt)
  await create(page)
  const card = connectCard(page, 'Slack Bot')

  await test.step('refused at the provider', async () => {
    const consent = await beginPractice(app)
    await consent.getByRole('link', { name: 'Cancel' }).click()
    await expect(consent.getByRole('heading', { name: 'Slack Bot is not connected' })).toBeVisible()
    await consent.close()
    await expect(card.getByRole('alert')).toBeVisible()
  })

  await test.step('cancelled while Plugboard waits', async () => {
    const consent = await beginPractice(app)
    await card.getByRole('button', { name: 'Cancel' }).click()
    await expect(card.getByRole('button', { name: 'Skip' })).toBeVisible()
    await expect(card.getByRole('alert')).toBeHidden()
    await consent.close()
  })

  await agree(await beginPractice(app))
  await expect(resultCard(page)).toContainText('is on')
})

/** Every file of the app with what is in it. */
async function filesOf({ home }: App): Promise<Record<string, string>> {
  const root = join(home, 'apps/support-desk')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const own = paths.filter(path => !path.startsWith(join(root, '.plugboard'))).toSorted()
  return Object.fromEntries(await Promise.all(own.map(async path => [path, await readFile(path, 'utf8')])))
}
