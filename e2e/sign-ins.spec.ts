import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { account, agree, beginPractice, createBlankApp, openMyIntegrations, openTool, tryPractice } from './steps.ts'

test('a sign-in that is refused or cancelled changes nothing and can be tried again', async ({ app, page }) => {
  await createBlankApp(page, 'Help desk')
  await openTool(page, 'GitHub')
  const refused = await beginPractice(app)
  await refused.getByRole('link', { name: 'Cancel' }).click()
  await expect(refused.getByText('GitHub is not connected')).toBeVisible()
  await refused.close()
  await expect(page.getByRole('alert')).toBeVisible()
  await check(page, 'a refused sign-in')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await expect(page.getByRole('alert')).toBeHidden()

  const left = await beginPractice(app)
  await expect(page.getByText('Waiting for you in the browser')).toBeVisible()
  await check(page, 'a sign-in under way')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Try with a practice account' })).toBeVisible()
  await left.close()

  await tryPractice(app)
  await openMyIntegrations(page)
  await expect(page.getByRole('list', { name: /accounts$/ }).getByRole('listitem')).toHaveCount(1)
})

test('two tools are connected at once, each in a tab of its own', async ({ app, page }) => {
  await createBlankApp(page, 'Help desk')
  await openTool(page, 'GitHub')
  const first = await beginPractice(app)
  await openTool(page, 'Gmail')
  const second = await beginPractice(app)
  await agree(second, /mia/i)
  await agree(first)
  await openMyIntegrations(page)
  await expect(account(page, /mia@/)).toContainText('Gmail')
  await expect(account(page, /robin/)).toContainText('GitHub')
})
