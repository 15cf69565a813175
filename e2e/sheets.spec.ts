import { expect, test } from './app.ts'
import { openSpreadsheet } from './practice-accounts.ts'
import { addRecord, ask, create, createBlankApp, planCard, practiceOrigin, resultCard, tryPractice } from './steps.ts'

test('new records become rows of a spreadsheet', async ({ app, page }) => {
  await createBlankApp(page, 'Guest list')
  await ask(page, 'Sync new records from this app into a Google Sheets spreadsheet.')
  const plan = planCard(page)
  await expect(plan.getByText('See, add and change your spreadsheets')).toBeVisible()
  await plan.getByLabel('Spreadsheet').fill('New records')
  await create(page)
  await tryPractice(app)
  await expect(resultCard(page).getByRole('button', { name: 'Run now' })).toBeVisible()

  const sheet = await openSpreadsheet(await practiceOrigin(app, 'robin@northwind.example'), 'New records')
  await addRecord(page, { Name: 'Ada Lovelace' })
  await expect.poll(async () => (await sheet.rows()).flat()).toContain('Ada Lovelace')
  await addRecord(page, { Name: 'Grace Hopper' })
  await expect.poll(async () => (await sheet.rows()).length).toBe(3)
  const [head = [], first = [], second = []] = await sheet.rows()
  const column = first.indexOf('Ada Lovelace')
  expect(String(head[column])).toMatch(/^name$/i)
  expect(second[column]).toBe('Grace Hopper')
})
