import { AppError } from '../core/errors.ts'
import { mayBeInsecure } from '../oauth/server.ts'

export type Links = {
  /** Opens an address that main made itself: of an authorization server, of a practice account. Errors: `forbidden`. */
  openOwn(url: string): Promise<void>
  /** Opens what a page asks for. Errors: `forbidden`. */
  open(url: string): Promise<void>
}

type Options = {
  /** Opens an address in the system's browser, whatever it is. */
  openBrowser(url: string): Promise<void>
  /** Of the relay that this desktop has joined. */
  relayOrigin(): Promise<string | null>
}

/**
 * What may be opened in the user's browser: https, and http on this machine. A page may lead to this machine only where main itself has
 * sent the user before, or the joined relay is: any other server here might take the request for the user's own. Other schemes start
 * programs.
 */
export function createLinks({ openBrowser, relayOrigin }: Options): Links {
  const sentTo = new Set<string>()

  return {
    async openOwn(url) {
      const { href, origin } = readAddress(url)
      sentTo.add(origin)
      await openBrowser(href)
    },
    async open(url) {
      const { href, origin, protocol } = readAddress(url)
      if (protocol !== 'https:' && !sentTo.has(origin) && origin !== (await relayOrigin())) throw notOpened()
      await openBrowser(href)
    },
  }
}

function readAddress(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && mayBeInsecure(parsed.href))) return parsed
  throw notOpened()
}

const notOpened = () => new AppError('forbidden', 'Plugboard opens only https addresses, its own pages and your relay in your browser.')
