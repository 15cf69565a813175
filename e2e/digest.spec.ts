import { existsSync } from 'node:fs'
import { expect, test as base } from './app.ts'
import { movableClock, type Clock } from './clock.ts'
import { openInbox } from './practice-accounts.ts'
import { addRecord, ask, create, createBlankApp, openPart, planCard, practiceOrigin, resultCard, tryPractice } from './steps.ts'

const test = base.extend<{ clock: Clock }>({
  clock: async ({ home }, use) => {
    const clock = await movableClock(`${home}.clock`)
    await use(clock)
    await clock.remove()
  },
  start: async ({ clock }, use) => use({ env: { ...clock.env, TZ: 'UTC' } }),
})

test.skip(!existsSync('/usr/bin/faketime'), 'The clock is moved with Debian’s package faketime, which is not installed.')

test('a daily mail comes at nine, once a day, whatever the clock does', async ({ app, page, clock }) => {
  const nine = nextNine(clock.now())

  await test.step('a sentence becomes a flow with its next times', async () => {
    await createBlankApp(page, 'Morning')
    await ask(page, 'Send me a daily email with my to-do list using Gmail.')
    const plan = planCard(page)
    await expect(plan.getByText('Every day at 09:00')).toBeVisible()
    await expect(plan.getByText(`Next ${weekday(nine)} ${nine.getUTCDate()}`)).toBeVisible()
    await create(page)
    await tryPractice(app)
    await expect(resultCard(page)).toContainText('Daily task email is on')
    await addRecord(page, { Title: 'Water the plants' })
  })

  const inbox = await openInbox(await practiceOrigin(app, 'robin@northwind.example'))
  const before = await inbox.subjects()
  const news = async () => (await inbox.subjects()).length - before.length

  await test.step('the morning comes', async () => {
    await clock.moveTo(later(nine, 1))
    await expect.poll(news).toBe(1)
    await openPart(page, 'Runs')
    await expect(
      page.getByRole('region', { name: 'Run of Daily task email' }).getByText('Succeeded', { exact: true }).first(),
    ).toBeVisible()
  })

  await test.step('no morning comes twice when the clock is set back', async () => {
    for (const [count, moment] of [later(nine, -3600), later(nine, 60)].entries()) {
      await clock.moveTo(moment)
      await resultCard(page).getByRole('button', { name: 'Run now' }).click()
      await expect.poll(news).toBe(count + 2)
    }
    await clock.moveTo(later(nine, 24 * 3600 + 1))
    await expect.poll(news).toBe(4)
    await openPart(page, 'Runs')
    const runs = page.getByRole('navigation', { name: 'Runs' }).getByRole('listitem')
    await expect(runs).toHaveCount(4)
    await expect(runs.filter({ hasText: 'Schedule' })).toHaveCount(2)
  })
})

/** The next 09:00 UTC. */
function nextNine(now: Date): Date {
  const nine = new Date(now)
  nine.setUTCHours(9, 0, 0, 0)
  return nine > now ? nine : later(nine, 24 * 3600)
}

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000)
const weekday = (day: Date): string => day.toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' })
