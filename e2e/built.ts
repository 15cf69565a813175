import { resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')
/** Where the build is that the end-to-end tests run. */
export const out = resolve(root, process.env['PLUGBOARD_OUT'] ?? 'out')
export const chromiumOptions = {
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
}
