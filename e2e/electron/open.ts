import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { out } from '../built.ts'
import type { StandIn, StandInOptions } from './stand-in.ts'
import { startElectron } from './start.ts'
import type { StandInWindow } from './window.ts'

export type OpenElectron = { electron: StandIn; window: StandInWindow; page: Page; home: string; close(): Promise<void> }

/** The built Electron shell on a page of this Chromium, in a home directory of its own. Closing it fails on any fault. */
export async function openElectron(browser: Browser, options: Partial<StandInOptions> & { home?: string } = {}): Promise<OpenElectron> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'plugboard-electron-')))
  process.env['PLUGBOARD_HOME'] = home
  const context = await browser.newContext()
  const electron = await startElectron(join(out, 'main/index.js'), { context, version: '1.2.3', ...options })
  const [window] = electron.windows
  if (!window) throw new Error(`No window was opened. ${electron.errorBoxes.join(' ')}`)
  return {
    electron,
    window,
    page: await window.loaded,
    home,
    async close() {
      electron.app.quit()
      await electron.app.ended.promise
      await context.close()
      if (!options.home) await rm(home, { recursive: true, force: true })
      if (electron.faults.length > 0) throw new Error(electron.faults.join('; '))
    },
  }
}
