import type { Locator, Page } from '@playwright/test'
import { changeAnswers } from './answers.ts'
import { expect, test } from './app.ts'
import { check } from './axe.ts'
import { sixtyTools } from './sixty-tools.ts'
import { agree, createBlankApp, openPart, openTool, planCard, tryPractice } from './steps.ts'

test('a tool is found by what it does, and says what it can do and what it needs', async ({ app, page }) => {
  await createBlankApp(page, 'Help desk')
  await openPart(page, 'Integrations')
  await expect(tools(page).first()).toBeVisible()

  await test.step('the search is one key away, and Enter opens the first that fits', async () => {
    await page.getByRole('heading', { name: 'Integrations' }).click()
    await page.keyboard.press('/')
    await expect(search(page)).toBeFocused()
    await page.keyboard.type('send an email')
    await expect(tools(page)).toHaveText([/Gmail/])
    await page.keyboard.press('Escape')
    await expect(tools(page)).not.toHaveCount(1)
    await search(page).fill('telegrm')
    await expect(page.getByText('No tool called “telegrm”')).toBeVisible()
    await check(page, 'Browse, nothing found')
    await page.getByRole('button', { name: 'Show all tools' }).click()
    await search(page).fill('github')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'GitHub', level: 2 })).toBeVisible()
  })

  await test.step('what is missing for a real account is one line with the way there; a practice account is always offered', async () => {
    await expect(page.getByRole('button', { name: 'Connect to GitHub' })).toBeDisabled()
    await page.getByRole('link', { name: 'Open settings' }).click()
    await expect(page.getByRole('form', { name: /^OAuth client of GitHub/ })).toBeVisible()
    await openTool(page, 'GitHub')
    await tryPractice(app)
    await openPart(page, 'Integrations')
    await expect(tools(page).filter({ hasText: 'GitHub' }).getByRole('img', { name: 'Practice account connected' })).toBeVisible()
    await check(page, 'Browse, with an account')
  })

  await test.step('an example goes to the chat', async () => {
    await openTool(page, 'Slack Bot')
    await page
      .getByRole('main')
      .getByRole('button', { name: /^Post a message to the Slack #support channel/ })
      .click()
    await expect(planCard(page)).toContainText('Slack')
  })
})

test.describe('with what no tool here needs', () => {
  test.skip(({ shell }) => shell !== 'serve', 'Only the browser shell’s line can be changed on its way.')

  test('with sixty tools each key press is answered in the same frame, and asks nobody', async ({ page }) => {
    await createBlankApp(page, 'Help desk')
    const { asked } = await changeAnswers(page, { '/connectors/list': sixtyTools })
    await page.reload()
    await openPart(page, 'Integrations')
    await expect(tools(page)).toHaveCount(60)
    await check(page, 'Browse, sixty tools')
    await search(page).evaluate(field => {
      const frames: [string, number][] = []
      Object.assign(globalThis, { framesAtInput: frames })
      field.addEventListener('input', () => {
        const typed = (field as HTMLInputElement).value
        requestAnimationFrame(() => {
          const shown = [...document.querySelectorAll('ul[aria-label=Tools] > li')].filter(
            item => (item as HTMLElement).offsetParent !== null,
          )
          frames.push([typed, shown.length])
        })
      })
    })
    asked.length = 0
    await search(page).focus()
    const inFrame: number[] = []
    for (const [index, key] of [...'copy 12'].entries()) {
      await page.keyboard.type(key)
      await page.waitForFunction(count => Reflect.get(globalThis, 'framesAtInput').length === count, index + 1)
      const [, shown] = await page.evaluate(at => Reflect.get(globalThis, 'framesAtInput')[at] as [string, number], index)
      await expect(tools(page)).toHaveCount(shown)
      inFrame.push(shown)
    }
    expect([inFrame[3], inFrame.at(-1)]).toEqual([53, 1])
    expect(asked).toEqual([])
  })

  test('a sign-in by code shows the code, the way to its page and the time that is left', async ({ app, page }) => {
    await createBlankApp(page, 'Help desk')
    await changeAnswers(page, { '/connections/connect': asCode })
    await page.reload()
    await openTool(page, 'GitHub')
    await page.getByRole('button', { name: 'Try with a practice account' }).click()
    const dialog = page.getByRole('dialog', { name: 'Where should sign-ins be kept?' })
    const opened = page.getByRole('group', { name: 'Code for the sign-in' })
    await dialog.or(opened).first().waitFor()
    if (await dialog.isVisible()) {
      await dialog.getByRole('radio', { name: 'Only this session' }).click()
      await dialog.getByRole('button', { name: 'Use for this session' }).click()
    }
    await expect(opened).toContainText('WDJB-MJHT')
    await expect(opened.getByRole('timer')).toHaveText(/^14:\d\d$/)
    await check(page, 'a code to type')
    await opened.getByRole('button', { name: 'Cancel' }).click()
    await expect(opened).toBeHidden()
    const again = page.getByRole('button', { name: 'Try with a practice account' })
    await again.click()
    await agree(await app.browserPage(() => opened.getByRole('button', { name: /^Open / }).click()))
    await expect(page.getByText('Practice', { exact: true })).toBeVisible()
  })

  test('what a tool has to know first is asked before the browser opens', async ({ page }) => {
    await createBlankApp(page, 'Help desk')
    const field = {
      id: 'shop',
      label: 'Shop',
      hint: 'As in its address.',
      placeholder: 'northwind',
      suffix: '.shop.example',
      default: null,
    }
    const { asked } = await changeAnswers(page, {
      '/connectors/list': (all: { id: string }[]) =>
        all.map(tool => (tool.id === 'github' ? { ...tool, missing: null, fields: [field] } : tool)),
    })
    await page.reload()
    await openTool(page, 'GitHub')
    await page.getByRole('button', { name: 'Connect to GitHub' }).click()
    const form = page.getByRole('form', { name: 'Before you connect to GitHub' })
    await expect(form.getByLabel('Shop')).toBeFocused()
    await expect(form.getByRole('button', { name: 'Go on to GitHub' })).toBeDisabled()
    await check(page, 'what is asked before connecting')
    await form.getByLabel('Shop').fill('northwind')
    await expect(form.getByRole('button', { name: 'Go on to GitHub' })).toBeEnabled()
    await form.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('button', { name: 'Connect to GitHub' })).toBeVisible()
    expect(asked).not.toContain('/connections/connect')
  })
})

type ConnectEvent = { type: string; authorizationUrl: string }

/** As a provider with device authorization (RFC 8628) tells it: a code instead of an address. */
const asCode = (event: ConnectEvent) =>
  event.type === 'opened'
    ? {
        type: 'code',
        userCode: 'WDJB-MJHT',
        verificationUri: event.authorizationUrl,
        verificationUriComplete: null,
        expiresAt: new Date(Date.now() + 15 * 60_000 - 1000).toISOString(),
      }
    : event

const search = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search tools' })
const tools = (page: Page): Locator => page.getByRole('list', { name: 'Tools', exact: true }).getByRole('listitem')
