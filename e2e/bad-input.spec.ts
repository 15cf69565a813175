import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test, type App } from './app.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import { startServe } from './shells/serve.ts'
import { appEnvironment } from './shells/shell.ts'
import { account, addTicket, createBlankApp, makeSupportDesk, openMyIntegrations, openPart, practiceOrigin } from './steps.ts'

test('a file that an editor damaged is shown with its line, and the app goes on as it was', async ({ app, page }) => {
  await makeSupportDesk(app)
  const slack = await openSlack(await practiceOrigin(app, 'plugboard in Northwind'))
  const file = join(folderOf(app), 'entities/Ticket.jsonc')
  const good = await readFile(file, 'utf8')
  await writeFile(file, good.replace('"type": "object",', '"type": "object" oops'))

  const notice = page.getByRole('status').filter({ hasText: 'entities/Ticket.jsonc, line' })
  await expect(notice).toContainText('The last good version keeps running.')
  await addTicket(page, 'Printer is on fire')
  await expect.poll(() => messagesIn(slack, 'support')).toContain('New ticket: Printer is on fire')

  await writeFile(file, good)
  await expect(notice).toBeHidden()
})

test('a function that never ends is stopped with one sentence, and the next one runs', async ({ app, page }) => {
  await createBlankApp(page, 'Support desk')
  await addFunction(app, 'spin', 'for (;;);', { timeoutSeconds: 1 })
  await addFunction(app, 'greet', "return 'Good morning'")
  await openPart(page, 'Functions')
  await page.getByRole('main').getByRole('link', { name: /^spin/ }).click()
  await page.getByRole('button', { name: 'Run', exact: false }).first().click()
  await expect(page.getByRole('alert').getByText('spin ran longer than 1 second and was stopped.').first()).toBeVisible()

  await openPart(page, 'Functions')
  await page
    .getByRole('main')
    .getByRole('link', { name: /^greet/ })
    .click()
  await page.getByRole('button', { name: 'Run', exact: false }).first().click()
  await expect(page.getByRole('main').getByText('Good morning').last()).toBeVisible()
})

test('a second Plugboard on the same home is refused in one sentence', async ({ app, page, home }) => {
  await expect(startServe({ env: appEnvironment(home, {}) })).rejects.toThrow(/^Plugboard is already running on .*\n$/)
  await createBlankApp(page, 'Support desk')
  expect(app.pid()).toBeGreaterThan(0)
})

test('a practice account whose port is taken after a restart moves to another one', async ({ app, page }) => {
  const passphrase = 'correct horse battery'
  await makeSupportDesk(app, { passphrase })
  const before = new URL(await practiceOrigin(app, 'plugboard in Northwind'))
  await app.stop()
  const other = createServer().listen(Number(before.port), '127.0.0.1')
  await once(other, 'listening')
  try {
    await app.restart()
    await page.getByRole('link', { name: 'Support desk' }).click()
    await openMyIntegrations(page)
    await account(page, 'plugboard in Northwind').getByRole('button', { name: 'Unlock' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your sign-ins are locked' })
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase)
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    const origin = await practiceOrigin(app, 'plugboard in Northwind')
    expect(origin).not.toBe(before.origin)
    await addTicket(page, 'Printer is on fire')
    const slack = await openSlack(origin)
    await expect.poll(() => messagesIn(slack, 'support')).toContain('New ticket: Printer is on fire')
  } finally {
    other.close()
  }
})

const folderOf = ({ home }: App) => join(home, 'apps/support-desk')

async function addFunction(app: App, name: string, body: string, config?: object): Promise<void> {
  const folder = join(folderOf(app), 'functions', name)
  await mkdir(folder, { recursive: true })
  if (config) await writeFile(join(folder, 'function.jsonc'), JSON.stringify(config))
  await writeFile(join(folder, 'entry.ts'), `export default async function ${name}() {\n  ${body}\n}\n`)
}
