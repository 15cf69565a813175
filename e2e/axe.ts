import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './app.ts'

/** Fails on what axe calls serious or critical, in light and in dark. */
export async function check(page: Page, what: string): Promise<void> {
  await test.step(what, async () => {
    const faults: string[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical')
          faults.push(`${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(' · ')}`)
      }
    }
    expect(faults).toEqual([])
  })
}
