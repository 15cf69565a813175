import type { Catalogue } from '../../connectors/catalogue.ts'
import type { Facts } from '../../core/addresses.ts'
import type { Account, Connector } from '../../core/connector.ts'
import { AppError } from '../../core/errors.ts'
import type { Database } from '../../host/store/engine.ts'
import { authorizationUrl, exchangeCode, newSecrets, readReturn } from '../../oauth/code-flow.ts'
import { isInvalidScope } from '../../oauth/errors.ts'
import { underEarlierNames, type Grant } from '../../oauth/grant.ts'
import { identify, learnFacts, type Counterpart } from '../../oauth/identify.ts'
import type { OAuthClient } from '../../oauth/server.ts'
import type { Envelope } from '../keys/envelope.ts'
import type { Parties } from './parties.ts'
import { createUnderWay, type Begun, type BrowserMark, type Purpose } from './under-way.ts'

/** Where providers send people back to: the one address to register with each of them. */
export const returnPath = '/oauth/callback'

export type NewSignIn = Pick<Begun, 'purpose' | 'workspaceId' | 'appId' | 'connector' | 'practice' | 'payload'> & {
  /** Beside those that tell whose account it is. */
  scopes: readonly string[]
  /** To the provider's `fields`. */
  answers?: Facts
  /** Where the browser goes once it is over: a path of the relay, or an address on the own host of one of its apps. */
  returnTo: string
}

/** What a sign-in brought. `at`: the moment that the grant's times are reckoned from, in epoch ms. */
export type SignedIn = Pick<Begun, 'workspaceId' | 'appId' | 'practice' | 'payload' | 'scopes'> & {
  connector: Connector
  grant: Grant
  /** The client that the grant was made with, without its secret: that is looked up when it is needed (`parties.forGrant`). */
  client: OAuthClient
  account: Account
  facts: Facts
  /** Whom to speak with about the grant now, for example to take it back. */
  party: Counterpart
  at: number
  ip: string | null
}

export type PurposeHandler = {
  /** Keeps what came. What it throws is shown to the person in the browser. */
  finish(signedIn: SignedIn): Promise<void>
  /** It came to nothing: denied, refused, or `finish` threw. */
  failed?(signIn: Pick<SignedIn, 'workspaceId' | 'payload' | 'ip'>, error: AppError): Promise<void>
}

/**
 * How a return ended. `goOn`: the browser asks the provider again, by other names of the scopes. `elsewhere`: the same return counts on the
 * origin where the browser began. `returnTo` null: it belongs to no sign-in that is known.
 */
export type Ending =
  | { kind: 'goOn'; authorizationUrl: string }
  | { kind: 'elsewhere'; origin: string }
  | { kind: 'done'; returnTo: string }
  | { kind: 'failed'; returnTo: string | null; error: AppError }

export type SignIns = {
  /**
   * Begins a sign-in that any node can finish, within ten minutes and once. `setCookie` goes to the browser with the answer: that browser, and
   * no other, may come back. Errors: `not_found` for the connector, `validation` when there is no client or for an answer, `unavailable`.
   */
  begin(signIn: NewSignIn): Promise<{ authorizationUrl: string; setCookie: string; expiresAt: number }>
  /** A browser has come back to `returnPath` on `host`, with these cookies. */
  end(
    parameters: URLSearchParams,
    browser: { cookies: Readonly<Record<string, string>>; host: string | undefined; ip: string | null },
  ): Promise<Ending>
}

export type SignInsOptions = {
  database: Database
  envelope: Envelope
  catalogue: Catalogue
  parties: Parties
  /** The relay's address, without a slash at its end. */
  url: string
  purposes: Readonly<Record<Purpose, PurposeHandler>>
  now: () => number
}

/** Signing in with providers, for whoever needs an account: the authorization code flow of a server (RFC 6749 §4.1, RFC 7636, RFC 9207). */
export function createSignIns({ database, envelope, catalogue, parties, url, purposes, now }: SignInsOptions): SignIns {
  const redirectUri = `${url}${returnPath}`
  const underWay = createUnderWay({ database, envelope, url, now })

  async function start(signIn: Omit<Begun, 'codeVerifier'>, party: Counterpart, mark: BrowserMark) {
    const { state, codeVerifier } = newSecrets()
    const expiresAt = await underWay.keep(state, { ...signIn, codeVerifier }, mark)
    const secrets = { state, codeVerifier, redirectUri }
    return { authorizationUrl: await authorizationUrl({ ...party, scopes: signIn.scopes, secrets }), expiresAt }
  }

  /** From the browser's return to the kept account. */
  async function finish(
    signIn: Begun,
    connector: Connector,
    party: Counterpart,
    parameters: URLSearchParams,
    ip: string | null,
  ): Promise<void> {
    const { purpose, codeVerifier, ...wish } = signIn
    const flow = { ...party, scopes: signIn.scopes, secrets: { state: parameters.get('state') ?? '', codeVerifier, redirectUri } }
    const grant = await exchangeCode({ ...flow, parameters: readReturn({ ...flow, parameters }), now })
    const at = now()
    // Whoever closes the tab now has agreed all the same.
    const { signal } = new AbortController()
    const reached = { ...party, facts: await learnFacts(party, grant, signal) }
    const account = await identify(connector, reached, grant, signIn.practice, signal)
    const client: OAuthClient = { clientId: party.client.clientId }
    await purposes[purpose].finish({ ...wish, connector, grant, client, account, facts: reached.facts, party: reached, at, ip })
  }

  return {
    async begin({ answers = {}, scopes, returnTo, ...wish }) {
      const connector = await catalogue.load(wish.connector)
      const party = await parties.forSignIn(wish, connector, answers)
      const { mark, setCookie } = underWay.newMark()
      const signIn = {
        ...wish,
        answers: { ...answers },
        scopes: [...new Set([...connector.identityScopes, ...scopes])],
        returnTo: new URL(returnTo, url).href,
        cookie: mark.cookie,
      }
      return { ...(await start(signIn, party, mark)), setCookie }
    },

    async end(parameters, { ip, ...browser }) {
      const names = [...parameters.keys()]
      // RFC 6749 §3.1: whoever sends one twice is no provider.
      const state = new Set(names).size === names.length ? parameters.get('state') : null
      const taken = await underWay.take(state ?? '', browser).catch(AppError.from)
      if (taken instanceof AppError) return { kind: 'failed', returnTo: null, error: taken }
      if (taken.kind === 'elsewhere') return taken
      const { signIn, mark } = taken
      const { returnTo, workspaceId, payload } = signIn
      try {
        const connector = await catalogue.load(signIn.connector)
        const party = await parties.forSignIn(signIn, connector, signIn.answers)
        try {
          await finish(signIn, connector, party, parameters, ip)
        } catch (error) {
          const scopes = isInvalidScope(error) ? underEarlierNames(party.provider, signIn.scopes) : null
          if (!scopes || scopes.join() === signIn.scopes.join()) throw error
          return { kind: 'goOn', authorizationUrl: (await start({ ...signIn, scopes }, party, mark)).authorizationUrl }
        }
        return { kind: 'done', returnTo }
      } catch (cause) {
        const error = forRelay(AppError.from(cause))
        await purposes[signIn.purpose].failed?.({ workspaceId, payload, ip }, error)
        return { kind: 'failed', returnTo, error }
      }
    },
  }
}

/** What is wrong with a client is put right on the relay, not in the settings of a desktop. */
function forRelay(error: AppError): AppError {
  if (error.action?.kind !== 'settings') return error
  return new AppError(
    error.code,
    'The service does not accept the OAuth client of this workspace. An admin checks its id, secret and redirect address under “OAuth clients”.',
    { details: error.details, cause: error.cause },
  )
}
