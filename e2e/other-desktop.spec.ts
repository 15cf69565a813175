import { setUp, startTestRelay } from '../relay/relay.fixture.ts'
import { expect } from './app.ts'
import { check } from './axe.ts'
import { messagesIn, openSlack } from './practice-accounts.ts'
import { test } from './practice-service.ts'
import { account, addTicket, createBlankApp, joinRelay, makeSupportDesk, moreActions, openMyIntegrations, practiceOrigin } from './steps.ts'

test('an app that is opened from the relay on another desktop uses the account that the relay has, and it is taken back there', async ({
  app,
  another,
  ends,
  practice,
}) => {
  const relay = await startTestRelay(ends, { settings: { RELAY_PRACTICE_URL: practice } })
  await setUp(relay)

  const slack = await test.step('the first desktop publishes', async () => {
    await makeSupportDesk(app)
    const origin = await practiceOrigin(app, /Northwind/)
    await joinRelay(app, relay.url)
    await app.page.getByRole('button', { name: 'Publish version 1' }).click()
    await expect(app.page.getByRole('heading', { name: 'Version 1 is live' })).toBeVisible()
    return openSlack(origin)
  })

  const { page } = another
  await test.step('the other one opens the app from the relay', async () => {
    await createBlankApp(page, 'Scratch')
    await joinRelay(another, relay.url, { isFirst: true })
    await page.goto(new URL('/', page.url()).href)
    await page.getByRole('button', { name: 'Open here: Support desk' }).click()
  })

  await test.step('the account is there, with who connected it', async () => {
    await openMyIntegrations(page)
    await expect(account(page, /Northwind/)).toContainText(/connected by .+ on .+ You can take it back\./)
    await expect(page.getByText('Needs you')).toHaveCount(0)
    await check(page, 'My integrations, with an account of another desktop')
  })

  await test.step('and a flow posts through it', async () => {
    const before = await messagesIn(slack, 'support')
    await addTicket(page, 'Printer is on fire')
    await expect.poll(() => messagesIn(slack, 'support')).toEqual(['New ticket: Printer is on fire', ...before])
  })

  await test.step('it is taken back there, and the first desktop learns of it', async () => {
    await openMyIntegrations(page)
    await moreActions(account(page, /Northwind/), 'Take back to this computer')
    await expect(account(page, /Northwind/)).toContainText('Token on this computer.')
    await addTicket(app.page, 'Who has it?')
    await openMyIntegrations(app.page)
    await expect(account(app.page, /Northwind/)).toContainText(/Taken back from .* to /)
  })
})
