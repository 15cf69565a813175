import { accountAnswer, accountAsked, type AccountAnswer, type AccountRequest } from '../../core/contract/account-requests.ts'
import { giveConsent, postClient } from '../../oauth/oidc.fixture.ts'
import { signInDesktop } from '../desktops/desktop.fixture.ts'
import { setUp, startTestRelay, type Browser, type Page, type Teardown, type TestRelayOptions } from '../relay.fixture.ts'
import { startTickets } from './oauth.fixture.ts'

export const asked: AccountRequest = {
  appId: 'support',
  appName: 'Support desk',
  connector: 'tickets',
  mode: 'shared',
  scopes: ['tickets:read'],
  answers: {},
  inUse: null,
}

/** The address of the provider that a page of the relay sends its browser on to. */
export const leadsOnTo = ({ text }: Page): string => {
  const [, address] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text) ?? []
  if (!address) throw new Error(`The page leads nowhere: ${text}`)
  return address.replaceAll('&amp;', '&')
}

/** A desktop's requests to the relay's OAuth. */
export function desktopAt(url: string, access: string) {
  const send = (path: string, method = 'GET', body?: unknown) =>
    fetch(url + path, { method, headers: { authorization: `Bearer ${access}` }, ...(body !== undefined && { body: JSON.stringify(body) }) })
  return {
    send,
    ask: async (request: Partial<AccountRequest> = {}) =>
      accountAsked.parse(await (await send('/api/relay/accounts', 'POST', { ...asked, ...request })).json()),
    answer: async (id: string, waitS = 0): Promise<AccountAnswer> =>
      accountAnswer.parse(await (await send(`/api/relay/accounts/${id}?wait=${waitS}`)).json()),
    keep: async (id: string, connectionId: string, name = 'Ada') =>
      accountAnswer.parse(await (await send(`/api/relay/accounts/${id}/keep`, 'POST', { connectionId, name, isDefault: true })).json()),
  }
}

/** The member in the browser: goes on from the page of a request, signs in at the provider, and comes back. */
export async function signInAt(browser: Browser, url: string, answer: 'agree' | 'refuse' = 'agree', login = 'ada'): Promise<Page> {
  const path = new URL(url).pathname
  const back = await giveConsent(leadsOnTo(await browser.post(path, {})), answer, login)
  return browser.get(back.slice(new URL(back).origin.length))
}

/** A relay whose workspace has the client of a tool, an owner in a browser, and a desktop of theirs. */
export async function startBroker(t: Teardown, options: TestRelayOptions = {}) {
  const tickets = await startTickets(t)
  const relay = await startTestRelay(t, { ...options, catalogue: tickets.catalogue })
  const owner = await setUp(relay)
  const saveClient = (secret = postClient.clientSecret ?? '', clientId = postClient.clientId) =>
    owner.post('/clients/tickets', { clientId, clientSecret: secret })
  await saveClient()
  const { access } = await signInDesktop(relay.url, owner)
  return { ...tickets, relay, owner, saveClient, access, desktop: desktopAt(relay.url, access) }
}
