import { defineConfig } from '@playwright/test'
import type { AppOptions } from './e2e/app.ts'
import { chromiumOptions } from './e2e/built.ts'

/** Pages of a relay, and of the apps it runs, are the same for every shell. */
const relaySpecs = ['**/relay-*.spec.ts', '**/published.spec.ts', '**/published-connect.spec.ts']

/** The same specs in both shells: the browser shell as it is, and the built Electron shell on a stand-in for Electron. */
export default defineConfig<AppOptions>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Stories of seconds: a busy machine is no failure.
  timeout: 300_000,
  expect: { timeout: 40_000 },
  forbidOnly: process.env['CI'] !== undefined,
  fullyParallel: true,
  workers: 2,
  reporter: 'list',
  use: { launchOptions: chromiumOptions, viewport: { width: 1280, height: 820 }, trace: 'retain-on-failure', actionTimeout: 40_000 },
  projects: [
    { name: 'serve', testIgnore: relaySpecs, use: { shell: 'serve' } },
    { name: 'electron', testIgnore: relaySpecs, use: { shell: 'electron' } },
    { name: 'relay', testMatch: relaySpecs },
  ],
})
