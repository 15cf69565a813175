import { randomUUID } from 'node:crypto'

/** Where keys are kept by the operating system. `account` tells one vault's key from another's. Every method may throw when it cannot be reached. */
export type Keychain = {
  read(account: string): Promise<string | null>
  write(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}

const service = 'Plugboard'

/**
 * The keychain of this computer: macOS Keychain, Windows Credential Manager, or the Secret Service on Linux. Linux is pinned to the
 * Secret Service: the library would else fall back to the kernel's keyring, which forgets everything at logout.
 */
export function systemKeychain(): Keychain {
  const entry = async (account: string) => {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    return new AsyncEntry(service, account, { linux: { store: 'secret-service' } })
  }
  return {
    read: async account => (await (await entry(account)).getPassword()) ?? null,
    write: async (account, secret) => (await entry(account)).setPassword(secret),
    delete: async account => void (await (await entry(account)).deletePassword()),
  }
}

/**
 * Whether the keychain keeps what it is given. A locked or missing one answers `null` to a read as if there were no secret yet, so only
 * a write that can be read back is proof. Never throws.
 */
export async function keychainWorks(keychain: Keychain, limitMs: number): Promise<boolean> {
  const account = `probe-${randomUUID()}`
  const secret = randomUUID()
  const probe = async () => {
    await keychain.write(account, secret)
    const found = await keychain.read(account)
    await keychain.delete(account)
    return found === secret
  }
  return within(probe(), limitMs).catch(() => false)
}

/** A keychain may ask the user to unlock it and wait for ever: the app does not wait with it. */
export async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The keychain did not answer within ${limitMs} ms`)), limitMs)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
