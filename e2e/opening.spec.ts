import { changeAnswers } from './answers.ts'
import { expect, test } from './app.ts'
import { makeSupportDesk, openPart } from './steps.ts'

test('the parts of an app come all at once, so that none is pushed away under the pointer', async ({ app, page }) => {
  test.skip(app.shell !== 'serve', 'Only the line of the browser shell can be held.')
  await makeSupportDesk(app)
  await openPart(page, 'Data')
  const come = Promise.withResolvers<void>()
  const { asked } = await changeAnswers(page, { '/host/apps/watch': (model: unknown) => come.promise.then(() => model) })
  await page.reload()
  const parts = page.getByRole('navigation', { name: 'Parts of the app' })
  await expect.poll(() => asked).toContain('/host/records/counts')
  await expect(page.getByRole('link', { name: 'Publish' })).toBeVisible()
  await expect(parts.getByRole('link')).toHaveCount(0)
  come.resolve()
  await expect(parts.getByRole('link', { name: /^Ticket/ })).toBeVisible()
  await expect(parts.getByRole('link', { name: 'Integrations' })).toBeVisible()
})
