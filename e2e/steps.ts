import { expect, type Page } from '@playwright/test'
import type { App } from './app.ts'

// What a person does, in the words of the screen. Specs read as a story; the names of buttons stand here once.

export const mainPrompt = 'Post a message to the Slack #support channel when a new ticket is created'

export async function createBlankApp(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^(New app|Start blank)$/ }).first().click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create app' }).click()
  await expect(page.getByRole('log', { name: 'Messages' })).toBeVisible()
}

export async function ask(page: Page, prompt: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(prompt)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** Signs in at the practice service in the browser page that opens, choosing the first person offered unless one is named. */
export async function tryPractice(app: App, options: { person?: RegExp; passphrase?: string } = {}): Promise<void> {
  const { page } = app
  const consent = await app.browserPage(async () => {
    await page.getByRole('button', { name: 'Try with a practice account' }).click()
    await chooseProtection(page, options.passphrase)
  })
  await consent
    .getByRole('button', { name: options.person ?? /robin/i })
    .first()
    .click()
  await expect(consent.getByText(/you can close this/i)).toBeVisible()
  await consent.close()
}

/** Without a keychain Plugboard asks where sign-ins are kept, once. */
export async function chooseProtection(page: Page, passphrase?: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Where should sign-ins be kept?' })
  const opened = page.getByRole('status').filter({ hasText: /Starting the practice account|Waiting for you|Finishing/ })
  await expect(dialog.or(opened).first()).toBeVisible()
  if (!(await dialog.isVisible())) return
  if (passphrase === undefined) {
    await dialog.getByRole('radio', { name: 'Only this session' }).click()
    await dialog.getByRole('button', { name: 'Use for this session' }).click()
    return
  }
  await dialog.getByLabel('Passphrase').fill(passphrase)
  await dialog.getByLabel('Repeat it').fill(passphrase)
  await dialog.getByRole('button', { name: 'Set passphrase' }).click()
}

export async function addTicket(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Data' }).first().click()
  await page.getByRole('button', { name: 'New record' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Title').fill(title)
  await form.getByRole('button', { name: 'Create' }).click()
  await expect(form).toBeHidden()
}

/** The origin of the practice service behind a connector, as the app itself opens it. */
export async function practiceOrigin(app: App, connectorName: string): Promise<string> {
  const { page } = app
  await page.getByRole('navigation').getByRole('link', { name: 'Integrations' }).first().click()
  await page.getByRole('link', { name: 'My integrations' }).click()
  const opened = await app.browserPage(() => page.getByRole('button', { name: `Open practice ${connectorName}` }).first().click())
  const { origin } = new URL(opened.url())
  await opened.close()
  return origin
}
