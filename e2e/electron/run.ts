/** The Electron shell as a process of its own, on a Chromium that somebody else has started: `run.ts <main module> <address of Chromium>`. */
import { chromium } from 'playwright-core'
import { startElectron } from './start.ts'

const [main = '', endpoint = ''] = process.argv.slice(2)
const browser = await chromium.connectOverCDP(endpoint)
const [context] = browser.contexts()
if (!context) throw new Error('Chromium has no context')
const electron = await startElectron(main, { context, page: context.pages()[0] })

const tell = (message: object) => void process.send?.(message)
electron.events.on('opened', url => tell({ kind: 'opened', url }))
electron.events.on('fault', text => tell({ kind: 'fault', text }))
tell({ kind: 'started', errorBoxes: electron.errorBoxes })
// As Electron: asked to end, it quits in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => electron.app.quit())
process.on('disconnect', () => electron.app.quit())
process.exit(await electron.app.ended.promise)
