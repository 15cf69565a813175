import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publishApp } from '../relay/published/published.fixture.ts'
import { setUp, startTestRelay } from '../relay/relay.fixture.ts'
import { startPublishing } from '../relay/releases/releases.fixture.ts'
import { expect, test, type App } from './app.ts'
import { check } from './axe.ts'
import { createBlankApp, joinRelay } from './steps.ts'

test('an app whose address another one has says whose that is, and is published at one of its own', async ({ app, page }) => {
  await using ends = new AsyncDisposableStack()
  const publisher = await startPublishing({ after: end => ends.defer(async () => end()) })
  const { relay, releases } = publisher
  const site = await publishApp(publisher, { appId: 'support-desk', name: 'Support desk', files: { 'notes.md': 'of another folder' } })
  await createBlankApp(page, 'Support desk')
  await joinRelay(app, relay.url, { isFirst: true })

  await test.step('whose app it is, and what publishing over it would change', async () => {
    await expect(page.getByText(/“Support desk” has this address.*version 1 by Olga Owner.*never came from it/)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Publish over version 1' })).toBeEnabled()
    await expect(page.getByRole('button', { name: /removed.*notes\.md/ })).toBeVisible()
    await check(page, 'Publish, where another app has the address')
  })

  await test.step('an app of its own', async () => {
    await page.getByRole('button', { name: 'Use another address' }).click()
    await expect(page.getByText(`${site}-2`)).toBeVisible()
    await page.getByRole('button', { name: 'Publish version 1' }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Version 1 is live' })).toBeFocused()
    await expect(page.getByRole('link', { name: /\/a\/support-desk-2$/ })).toBeVisible()
    const apps = await releases.apps()
    expect(apps.map(({ id, live }) => `${id} ${live.number}`).sort()).toEqual(['support-desk 1', 'support-desk-2 1'])
  })
})

test('an app is published with one button, changed and rolled back, and the screen says each time what is live', async ({ app, page }) => {
  await using ends = new AsyncDisposableStack()
  const relay = await startTestRelay({ after: end => ends.defer(async () => end()) })
  await setUp(relay)

  await test.step('the desktop signs in to the relay', async () => {
    await createBlankApp(page, 'Support desk')
    await page.getByRole('link', { name: 'Publish', exact: true }).click()
    await check(page, 'Publish, before a relay')
    await joinRelay(app, relay.url, { isFirst: true })
  })

  await test.step('the first version', async () => {
    await expect(page.getByText('All files can be read')).toBeVisible()
    await check(page, 'Publish, before the first version')
    await page.getByRole('button', { name: 'Publish version 1' }).click()
    await expect(page.getByRole('heading', { name: 'Version 1 is live' })).toBeVisible()
    await expect(page.getByText('What is here is what is live.')).toBeVisible()
    await expect(page.getByRole('contentinfo')).toContainText('Relay: published just now')
    await expect(page.getByRole('link', { name: /\/a\/support-desk$/ })).toBeVisible()
  })

  await test.step('a change, told as what it means, with its lines', async () => {
    await addField(app, ['title'])
    await expect(page.getByRole('button', { name: /new.*Ticket.*One field: title/ })).toBeVisible()
    await page.getByLabel('What is new in this version').fill('Tickets')
    await page.getByRole('button', { name: 'Publish version 2' }).click()
    await expect(page.getByRole('heading', { name: 'Version 2 is live' })).toBeVisible()
    await addField(app, ['title', 'region'])
    await page.getByRole('button', { name: /changed.*Ticket.*One field more: region/ }).click()
    await expect(page.getByLabel('Lines of entities/Ticket.jsonc')).toContainText('region')
    await check(page, 'Publish, with changes')
  })

  await test.step('a broken file is told before anything is sent', async () => {
    await writeFile(join(app.home, 'apps/support-desk/entities/Broken.jsonc'), '{ "name": ')
    await expect(page.getByText('entities/Broken.jsonc, line 1', { exact: true })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Publish version 3' })).toBeDisabled()
  })

  await test.step('back to the first version', async () => {
    await page.getByRole('button', { name: 'Roll back to version 1' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Roll back' }).click()
    await expect(page.getByRole('heading', { name: 'Version 1 is live' })).toBeVisible()
    await expect(page.getByRole('listitem').filter({ hasText: 'First version' }).getByText('Live')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Roll back to version 2' })).toBeVisible()
  })
})

async function addField(app: App, fields: string[]): Promise<void> {
  const folder = join(app.home, 'apps/support-desk/entities')
  await mkdir(folder, { recursive: true })
  const properties = Object.fromEntries(fields.map(name => [name, { type: 'string' }]))
  await writeFile(join(folder, 'Ticket.jsonc'), JSON.stringify({ name: 'Ticket', type: 'object', properties }, null, 2))
}
