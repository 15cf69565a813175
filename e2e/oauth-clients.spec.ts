import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { createBlankApp, openPart, openTool } from './steps.ts'

const secret = 'xapp-a-secret-that-nobody-may-see'

test('an own OAuth client is made step by step, kept without its secret in sight, and removed', async ({ page, home }) => {
  await createBlankApp(page, 'Help desk')
  await protectVault(page)
  await openPart(page, 'Settings')
  const providers = page.getByRole('list', { name: 'Providers' })

  await test.step('the steps, and the address to copy', async () => {
    await providers.getByRole('button', { name: 'Set up Slack Bot' }).click()
    const form = page.getByRole('form', { name: 'OAuth client of Slack Bot' })
    await expect(form.getByRole('list', { name: 'Steps for Slack Bot' }).getByRole('listitem')).not.toHaveCount(0)
    await expect(form.getByText(/^http:\/\/(127\.0\.0\.1|localhost)/).first()).toBeVisible()
    await check(page, 'the form of an OAuth client')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await form
      .getByRole('button', { name: /^Copy http/ })
      .first()
      .click()
    await expect(form.getByRole('button', { name: 'Copied' })).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^http:\/\/(127\.0\.0\.1|localhost)/)
  })

  await test.step('what is missing is said beside its field', async () => {
    const form = page.getByRole('form', { name: 'OAuth client of Slack Bot' })
    await form.getByRole('button', { name: 'Save' }).click()
    await expect(form.getByText('Paste the client id that Slack Bot shows.')).toBeVisible()
    await form.getByLabel('Client id').fill('1234567.desk')
    await expect(form.getByText(/Slack Bot needs the client secret too\./)).toBeVisible()
    await check(page, 'a client without its secret')
    await form.getByLabel('Client secret').fill(secret)
    await form.getByRole('button', { name: 'Save' }).click()
    await expect(providers.getByRole('listitem').filter({ hasText: '1234567.desk' })).toContainText('secret saved in the vault')
  })

  await test.step('the secret is nowhere to be read', async () => {
    await providers.getByRole('button', { name: 'Change the client of Slack Bot' }).click()
    await expect(page.getByLabel('Client secret')).toHaveValue('')
    expect(await page.content()).not.toContain(secret)
    for (const file of await readdir(home, { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect((await readFile(join(file.parentPath, file.name))).includes(secret), file.name).toBe(false)
  })

  await test.step('a real account can be connected now', async () => {
    await openTool(page, 'Slack Bot')
    await expect(page.getByRole('button', { name: 'Connect to Slack Bot' })).toBeEnabled()
  })

  await test.step('removing it asks first', async () => {
    await openPart(page, 'Settings')
    await providers.getByRole('button', { name: 'Change the client of Slack Bot' }).click()
    await page.getByRole('form', { name: 'OAuth client of Slack Bot' }).getByRole('button', { name: 'Remove…' }).click()
    const question = page.getByRole('alertdialog', { name: 'Remove the client of Slack Bot?' })
    await expect(question.getByRole('button', { name: 'Keep' })).toBeFocused()
    await question.getByRole('button', { name: 'Remove' }).click()
    await expect(providers.getByRole('button', { name: 'Set up Slack Bot' })).toBeVisible()
    await openTool(page, 'Slack Bot')
    await expect(page.getByRole('button', { name: 'Connect to Slack Bot' })).toBeDisabled()
  })
})

/** A secret needs a vault that is open. */
async function protectVault(page: Page): Promise<void> {
  await openPart(page, 'Settings')
  await page.getByRole('textbox', { name: 'Passphrase' }).fill('correct horse battery')
  await page.getByLabel('Repeat it').fill('correct horse battery')
  await page.getByRole('button', { name: 'Set passphrase' }).click()
  await expect(page.getByText('Sign-ins can be kept now.')).toBeVisible()
}
