import type { AnyRouter } from '@orpc/server'
import type { AppError } from '../core/errors.ts'
import type { Child } from '../host/child.ts'
import type { Keychain } from './vault/keychain.ts'

/** All that a shell has to provide. */
export type ShellHost = {
  kind: 'electron' | 'serve'
  /** Opens an address that `links.ts` lets through in the system's browser. In `serve` the page opens it, so nothing happens here. */
  openBrowser(url: string): Promise<void>
  /** Starts one of our own programs as a process, with an environment that says nothing about this one. */
  fork(program: 'host' | 'practice'): Child
}

export type AppOptions = {
  shell: ShellHost
  home: string
  version: string
  /** Instead of the operating system's. */
  keychain?: Keychain
  /** A practice service to use instead of a process of our own (`PLUGBOARD_PRACTICE_URL`). */
  practiceUrl?: string
}

/** The composed application, ready to be put on a transport. */
export type PlugboardApp = {
  router: AnyRouter
  /** For a link that was clicked in a page. Errors: `forbidden`. */
  openLink(url: string): Promise<void>
  report(error: AppError): void
  close(): Promise<void>
}
