import { join } from 'node:path'
import { expect, test as base, type Page } from '@playwright/test'
import { createRelayLink } from '../main/relay/relay.ts'
import { openVault } from '../main/vault/vault.ts'
import { spawnRelay } from '../relay/process.fixture.ts'
import { databases, testSettings } from '../relay/relay.fixture.ts'
import { check } from './axe.ts'

type Ends = { ends: AsyncDisposableStack }

const test = base.extend<Ends>({
  ends: async ({}, use) => {
    await using ends = new AsyncDisposableStack()
    await use(ends)
  },
})

const teardown = (ends: AsyncDisposableStack) => ({ after: (end: () => Promise<void> | void) => ends.defer(async () => end()) })

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

// Chromium without scripts: whatever the pages need, they have without one.
test.use({ javaScriptEnabled: false })

for (const kind of databases)
  test(`an owner sets up a relay on ${kind}, invites an editor, and the editor’s desktop signs in`, async ({ ends, browser }) => {
    const settings = await testSettings(teardown(ends), kind)
    const relay = spawnRelay(teardown(ends), settings)
    const url = await relay.url()
    const [, setUpLink = ''] = await relay.line(/Set it up, once: (\S+)/)

    const person = async () => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      ends.defer(() => context.close())
      const page = await context.newPage()
      page.on('console', message =>
        expect(message.text(), 'the policy of the pages blocks nothing of them').not.toContain('Content Security Policy'),
      )
      return page
    }

    const owner = await person()
    await owner.goto(setUpLink)
    await owner.getByLabel('Your name').fill('Olga Owner')
    await owner.getByLabel('E-mail').fill('olga@example.com')
    await owner.getByLabel('Password').fill('too short')
    await owner.getByRole('button', { name: 'Set up' }).click()
    await expect(owner.getByRole('alert')).toHaveText('Choose a password of 10 to 128 characters.')
    await expect(owner.getByLabel('Your name')).toHaveValue('Olga Owner')
    await owner.getByLabel('Password').fill('a fine long password')
    await owner.getByRole('button', { name: 'Set up' }).click()
    await expect(owner.getByRole('heading', { name: 'Publish the first app' })).toBeVisible()
    // Nothing of the look comes from elsewhere, or is missing.
    expect(await owner.locator('main').evaluate(element => getComputedStyle(element).borderRadius)).toBe('10px')

    await owner.getByRole('link', { name: 'Members' }).click()
    await owner.getByLabel('E-mail').fill('eddy@example.com')
    await owner.getByLabel('Role', { exact: true }).selectOption('Editor')
    await owner.getByRole('button', { name: 'Make a link' }).click()
    const invitation = await owner.getByRole('status').locator('code').innerText()

    const editor = await person()
    await editor.goto(invitation)
    await editor.getByLabel('Your name').fill('Eddy Editor')
    await editor.getByLabel('Password').fill('another long password')
    await editor.getByRole('button', { name: 'Join' }).click()
    await editor.getByRole('link', { name: 'Your account' }).click()
    await expect(editor.getByText('an editor of Plugboard')).toBeVisible()
    await editor.getByRole('button', { name: 'Sign out' }).first().click()

    const keys = new Map<string, string>()
    const vault = await openVault({
      home: join(settings['PLUGBOARD_RELAY_DATA'] ?? '', 'desktop'),
      keychain: {
        read: async account => keys.get(account) ?? null,
        write: async (account, secret) => void keys.set(account, secret),
        delete: async account => void keys.delete(account),
      },
    })
    const link = createRelayLink({
      vault,
      desktopName: 'Plugboard on Eddy’s laptop',
      openBrowser: async address => void editor.goto(address),
    })
    const signingIn = (async () => {
      for await (const event of link.signIn(url, undefined)) if (event.type === 'signed_in') return event.status
      return null
    })()
    await signIn(editor, 'eddy@example.com', 'another long password')
    await expect(editor.getByRole('heading', { name: 'Let Plugboard on Eddy’s laptop in?' })).toBeVisible()
    await editor.getByRole('button', { name: 'Allow', exact: true }).click()
    await expect(editor.getByRole('heading', { name: 'You are signed in to Plugboard' })).toBeVisible()
    expect(await signingIn).toMatchObject({ state: 'signed_in', url, email: 'eddy@example.com', role: 'editor' })

    await editor.goto(`${url}/account`)
    await editor.getByRole('button', { name: 'Sign out Plugboard on Eddy’s laptop' }).click()
    await expect(editor.getByText('No desktop is signed in.')).toBeVisible()
    expect(await link.status()).toMatchObject({ state: 'needs_sign_in' })

    await owner.goto(`${url}/audit`)
    for (const action of ['Set up the workspace', 'Invited a member', 'Joined', 'Let a desktop in', 'Signed a desktop out'])
      await expect(owner.getByRole('cell', { name: action }).first()).toBeVisible()
  })

test.describe('the relay’s pages', () => {
  // The check runs in the page.
  test.use({ javaScriptEnabled: true, bypassCSP: true })

  test('have no serious fault for people who use them by keyboard or screen reader', async ({ ends, page }) => {
    const relay = spawnRelay(teardown(ends), await testSettings(teardown(ends), 'SQLite'))
    const url = await relay.url()
    const [, setUpLink = ''] = await relay.line(/Set it up, once: (\S+)/)
    await page.goto(setUpLink)
    await check(page, 'set-up')
    await page.getByLabel('Your name').fill('Olga Owner')
    await page.getByLabel('E-mail').fill('olga@example.com')
    await page.getByLabel('Password').fill('a fine long password')
    await page.getByRole('button', { name: 'Set up' }).click()
    await check(page, 'apps, before the first one')
    for (const place of ['connections', 'account']) {
      await page.goto(`${url}/${place}`)
      await check(page, place)
    }
    await page.goto(`${url}/members`)
    await page.getByLabel('E-mail').fill('eddy@example.com')
    await page.getByRole('button', { name: 'Make a link' }).click()
    await check(page, 'members with a new link')
    await page.goto(`${url}/audit`)
    await check(page, 'the audit log')
    await page.goto(
      `${url}/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: 'plugboard-desktop', redirect_uri: 'http://127.0.0.1:50123/callback', state: 'x', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', desktop_name: 'Plugboard on laptop' })}`,
    )
    await check(page, 'the question whether a desktop may come in')
    await page.goto(`${url}/invitation?token=none`)
    await check(page, 'a link that is over')
  })
})
