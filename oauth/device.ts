import { setTimeout as pause } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { errorIn, inOwnForm, NoUsableAnswer, parseAnswer, send, tokenFetch } from './answer.ts'
import { explainAnswer, explainCode } from './errors.ts'
import { toGrant, type Grant } from './grant.ts'
import { askedScopes, authenticationOf, mayBeInsecure, metadataOf, type Party } from './server.ts'

export type DeviceOptions = Party & {
  scopes: readonly string[]
  signal?: AbortSignal
  now?: () => number
  /** Waits between two questions; rejects when the signal aborts. Milliseconds. */
  wait?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

/** A sign-in by code: shown to the user, who types it on the provider's page. */
export type DeviceCode = {
  userCode: string
  verificationUri: string
  verificationUriComplete: string | null
  /** Epoch ms. */
  expiresAt: number
  /**
   * Asks until the user has decided. Errors: `cancelled` (the user said no), `timeout` (the code ended), `unauthorized`, `unavailable`, or what
   * `signal` was aborted with. RFC 8628 §3.4
   */
  granted(): Promise<Grant>
}

/** A page in the user's browser: never anything but the web. */
const page = z.url({ protocol: /^https?$/ })

const deviceAnswer = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1).max(40),
  verification_uri: page,
  verification_uri_complete: page.nullish().catch(null),
  expires_in: z.coerce.number().positive().max(86_400).catch(900),
  interval: z.coerce.number().positive().max(600).catch(5),
})

/** Asks for a code that stands for this sign-in. Errors: `unauthorized`, `unavailable`. RFC 8628 §3.1 */
export async function requestDeviceCode(options: DeviceOptions): Promise<DeviceCode> {
  const { provider, now = Date.now } = options
  const askedAt = now()
  const answer = await request(options).catch(error => {
    options.signal?.throwIfAborted()
    throw explainAnswer(provider, error)
  })
  return {
    userCode: answer.user_code,
    verificationUri: answer.verification_uri,
    verificationUriComplete: answer.verification_uri_complete ?? null,
    expiresAt: askedAt + answer.expires_in * 1000,
    granted: () => poll(options, answer, askedAt + answer.expires_in * 1000),
  }
}

async function request({ provider, server, client, scopes, signal }: DeviceOptions): Promise<z.infer<typeof deviceAnswer>> {
  const body = new URLSearchParams({ client_id: client.clientId })
  const scope = askedScopes(provider, scopes)
  if (scope) body.set(provider.scopeParameter, scope)
  const init = { method: 'POST', headers: { accept: 'application/json' }, body }
  const { response, text } = await send(server.deviceAuthorizationEndpoint ?? '', inOwnForm(provider, init), { signal })
  const answer = parseAnswer(text, response)
  const error = errorIn(answer, response.status)
  if (error) throw explainCode(provider, error.error, error.error_description, error)
  const parsed = deviceAnswer.safeParse(answer)
  if (!parsed.success) throw new NoUsableAnswer('the answer holds no code', { cause: parsed.error })
  return parsed.data
}

async function poll(
  options: DeviceOptions,
  { device_code: deviceCode, interval }: z.infer<typeof deviceAnswer>,
  expiresAt: number,
): Promise<Grant> {
  const { provider, scopes, signal, now = Date.now, wait = (ms, until) => pause(ms, undefined, { signal: until }) } = options
  let waitMs = interval * 1000
  for (;;) {
    await wait(waitMs, signal)
    if (now() >= expiresAt) throw tooLate(provider.name)
    try {
      return toGrant(provider, await ask(options, deviceCode), scopes, now())
    } catch (error) {
      signal?.throwIfAborted()
      const code = error instanceof oauth.ResponseBodyError ? error.error : null
      if (code === 'expired_token') throw tooLate(provider.name)
      // RFC 8628 §3.5: five seconds more, each time; the same when the server does not answer.
      if (code === 'slow_down' || error instanceof NoUsableAnswer) waitMs += 5000
      else if (code !== 'authorization_pending') throw explainAnswer(provider, error)
    }
  }
}

async function ask(options: DeviceOptions, deviceCode: string): Promise<oauth.TokenEndpointResponse> {
  const { provider, server, client, signal } = options
  const metadata = metadataOf(server)
  const response = await oauth.deviceCodeGrantRequest(metadata, { client_id: client.clientId }, authenticationOf(options), deviceCode, {
    [oauth.customFetch]: tokenFetch(provider, { signal }),
    [oauth.allowInsecureRequests]: mayBeInsecure(server.tokenEndpoint),
  })
  return oauth.processDeviceCodeResponse(metadata, { client_id: client.clientId }, response)
}

const tooLate = (name: string) =>
  new AppError('timeout', `The code for ${name} was not entered in time. Try again to get a new one.`, { action: { kind: 'retry' } })
