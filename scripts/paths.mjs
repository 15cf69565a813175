import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** These scripts run on any Node from 20 on, before anything is installed: they import nothing but Node and each other. */
export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
export const inModules = (...parts) => join(root, 'node_modules', ...parts)

/** The Node that Plugboard is pinned to, from npm's `node` package. */
export const pinnedNode = () => inModules('node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
export const hasPinnedNode = () => existsSync(pinnedNode())

export const say = line => process.stdout.write(`${line}\n`)
export const seconds = startedAt => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
