import type { AnyRouter } from '@orpc/server'
import type { AppError } from '../core/errors.ts'
import type { Keychain } from './vault/keychain.ts'

/** A child process as both `utilityProcess.fork` and `child_process.fork` can provide it. */
export type Child = {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Once, when the process is gone. The code is null when a signal ended it or it never started. */
  onExit(listener: (code: number | null) => void): void
  /** What the process writes to its error output: its log. */
  onLog(listener: (text: string) => void): void
  /** Asks the process to end (SIGTERM). */
  kill(): void
}

/** All that a shell has to provide. */
export type ShellHost = {
  kind: 'electron' | 'serve'
  /** For what a page asks for: opens an https address in the system browser, refuses everything else with `forbidden`. */
  openExternal(url: string): Promise<void>
  /** For addresses main made itself (OAuth, practice accounts): also loopback http. In `serve` the page opens them, so nothing happens here. */
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
}

/** The composed application, ready to be put on a transport. */
export type PlugboardApp = { router: AnyRouter; report(error: AppError): void; close(): Promise<void> }
