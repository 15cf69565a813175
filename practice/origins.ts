import type { Service } from './emulated.ts'

/** Where practice accounts are served. */
export type Origins = {
  /**
   * The origin of an app's account, started if it sleeps. `redirectUri`: an address that sign-ins may return to, besides those on
   * loopback. Errors: `unavailable` when it does not start or answer.
   */
  of(appId: string, service: Service, redirectUri?: string): Promise<string>
  /** Names the service that runs them, the same for all who use it. Null: a process that belongs to this one. */
  serviceId(): Promise<string | null>
  close(): Promise<void>
}
