import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { owner } from '../relay/relay.fixture.ts'
import type { App } from './app.ts'

// What a person does, in the words of the screen. Specs read as a story; the names of buttons stand here once.

export const mainPrompt = 'Post a message to the Slack #support channel when a new ticket is created'

export async function createBlankApp(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name: /^(New app$|Start blank)/ })
    .first()
    .click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create app' }).click()
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
}

/** The page of a tool in Browse. */
export async function openTool(page: Page, name: string): Promise<void> {
  await openPart(page, 'Integrations')
  await page
    .getByRole('list', { name: 'Tools' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click()
}

type Part = 'Data' | 'Functions' | 'Flows' | 'Integrations' | 'Runs' | 'Settings'

export const openPart = (page: Page, part: Part): Promise<void> =>
  page.getByRole('navigation', { name: 'Parts of the app' }).getByRole('link', { name: part, exact: true }).click()

/** By keyboard alone. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await target.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('It cannot be reached with Tab.')
}

/** The owner of a relay signs the desktop in to it, in a browser that is signed in there from then on. `isFirst`: nothing was kept on it before. */
export async function joinRelay({ page, browserPage }: App, url: string, { isFirst = false } = {}): Promise<BrowserContext> {
  await page.getByRole('link', { name: 'Publish', exact: true }).click()
  await page.getByLabel('Address of the relay').fill(url)
  const tab = await browserPage(async () => {
    await page.getByRole('button', { name: 'Sign in' }).click()
    if (isFirst) await chooseProtection(page)
  })
  return allowDesktop(tab)
}

/** The owner's part in the browser. */
export async function allowDesktop(tab: Page): Promise<BrowserContext> {
  await tab.getByLabel('E-mail').fill(owner.email)
  await tab.getByLabel('Password').fill(owner.password)
  await tab.getByRole('button', { name: 'Sign in', exact: true }).click()
  await tab.getByRole('button', { name: 'Allow', exact: true }).click()
  await expect(tab.getByRole('heading', { name: 'You are signed in to Plugboard' })).toBeVisible()
  await tab.close()
  return tab.context()
}

// The chat

export async function ask(page: Page, prompt: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(prompt)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

export const planCard = (page: Page): Locator => page.getByRole('article', { name: /^Plan:/ }).last()
export const connectCard = (page: Page, tool: string): Locator => page.getByRole('article', { name: `Connect ${tool}` }).last()
export const resultCard = (page: Page): Locator => page.getByRole('article', { name: 'Result' }).last()

/** Agrees to the newest plan. */
export const create = (page: Page): Promise<void> => planCard(page).getByRole('button', { name: 'Create' }).click()

// Accounts

/** Goes to the practice service's sign-in page, as the card, the tool's page or a row of My integrations offers it. */
export const beginPractice = (app: App, options: { from?: Locator; button?: string; passphrase?: string } = {}): Promise<Page> =>
  app.browserPage(async () => {
    const { from = app.page.locator('body'), button = 'Try with a practice account', passphrase } = options
    await from.getByRole('button', { name: button }).first().click()
    await chooseProtection(app.page, passphrase)
  })

/** Agrees on a practice service's sign-in page, as Robin unless it says who, and comes back to Plugboard. The tab closes itself after a moment. */
export async function agree(consent: Page, person = /robin/i): Promise<void> {
  const back = consent.waitForResponse(response => new URL(response.url()).searchParams.has('code'))
  await consent.getByRole('button', { name: person }).first().click()
  expect((await back).status()).toBe(200)
  await consent.close()
}

export const tryPractice = async (app: App, options?: Parameters<typeof beginPractice>[1]): Promise<void> =>
  agree(await beginPractice(app, options))

/** Without a keychain Plugboard asks once where sign-ins are kept. */
export async function chooseProtection(page: Page, passphrase?: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Where should sign-ins be kept?' })
  const opened = page.getByRole('status').filter({ hasText: 'Waiting for you in the browser' })
  await expect(dialog.or(opened).first()).toBeVisible()
  if (!(await dialog.isVisible())) return
  if (passphrase === undefined) {
    await dialog.getByRole('radio', { name: 'Only this session' }).click()
    await dialog.getByRole('button', { name: 'Use for this session' }).click()
    return
  }
  await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(passphrase)
  await dialog.getByLabel('Repeat it').fill(passphrase)
  await dialog.getByRole('button', { name: 'Set passphrase' }).click()
}

export async function openMyIntegrations(page: Page): Promise<void> {
  await openPart(page, 'Integrations')
  await page.getByRole('navigation', { name: 'Integrations' }).getByRole('link', { name: 'My integrations' }).click()
}

/** The row of My integrations with this text. */
export const account = (page: Page, text: string | RegExp): Locator =>
  page
    .getByRole('list', { name: /accounts$/ })
    .getByRole('listitem')
    .filter({ hasText: text })

export async function moreActions(row: Locator, action: string | RegExp): Promise<void> {
  await row.getByRole('button', { name: /^More actions for/ }).click()
  await row.page().getByRole('menuitem', { name: action }).click()
}

/** Does something that begins a sign-in at a practice service, and goes through it as this person. */
export async function signInAs(app: App, person: RegExp, begin: () => Promise<unknown>): Promise<void> {
  await agree(await app.browserPage(begin), person)
}

/** The origin of the practice service behind an account, from where the app itself opens it. */
export async function practiceOrigin(app: App, accountName: string | RegExp): Promise<string> {
  await openMyIntegrations(app.page)
  const opened = await app.browserPage(() => moreActions(account(app.page, accountName), /^Open practice/))
  const { origin } = new URL(opened.url())
  await opened.close()
  return origin
}

// Records

/** In the first table, or in the one of this name. */
export async function addRecord(page: Page, fields: Record<string, string>, table?: string): Promise<void> {
  await openPart(page, 'Data')
  if (table) await page.getByRole('navigation', { name: 'Parts of the app' }).getByRole('link', { name: table }).click()
  await page.getByRole('button', { name: 'New record', exact: true }).click()
  const form = page.getByRole('dialog')
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value)
  await form.getByRole('button', { name: 'Create' }).click()
  await expect(form).toBeHidden()
}

export const addTicket = (page: Page, title: string, table?: string): Promise<void> => addRecord(page, { Title: title }, table)

// Stories that others begin with

/** From an empty home to the flow that posts tickets to practice Slack. */
export async function makeSupportDesk(app: App, options?: { passphrase?: string }): Promise<void> {
  await createBlankApp(app.page, 'Support desk')
  await ask(app.page, mainPrompt)
  await create(app.page)
  await tryPractice(app, options)
  await expect(resultCard(app.page).getByRole('button', { name: 'Run now' })).toBeVisible()
}
