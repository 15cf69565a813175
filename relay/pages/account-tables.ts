import { html } from 'hono/html'
import type { SharedAccount, SharedState } from '../custody/shared.ts'
import { may, type Member } from '../members/roles.ts'
import type { OverviewLine } from '../own-accounts/overview.ts'
import { buttonForm, chip, table, type Html, type Tone } from './layout.ts'
import { time } from './time.ts'

const states: Record<SharedState, [Tone, string]> = {
  connected: ['ok', 'Connected'],
  retrying: ['warn', 'Retrying'],
  needs_reconnect: ['bad', 'Needs reconnect'],
  disconnected: ['off', 'Disconnected'],
  unsure: ['bad', 'Waits for its desktop'],
  elsewhere: ['off', 'Not in use here'],
  moving: ['warn', 'Moving'],
}

export const appLink = (appId: string, name = appId): Html => html`<a href="/apps/${appId}">${name}</a>`

/** Whether there is still something of it on the relay that can be disconnected. */
export const isHere = ({ state }: SharedAccount): boolean => state !== 'disconnected' && state !== 'elsewhere'

/** The app of an account. What it was given for may not be published, or not any more. */
const appOf = (appId: string | null, appNames: ReadonlyMap<string, string>): Html | string =>
  appId !== null && appNames.has(appId) ? appLink(appId, appNames.get(appId)) : (appId ?? '')

/** Accounts under each other. `appNames`: the published apps, for the column of the app, which is left out where all are of one. */
export function accountTable(member: Member, accounts: readonly SharedAccount[], appNames?: ReadonlyMap<string, string>): Html {
  const columns = [
    { name: 'Tool and account', kind: 'main' },
    { name: 'State' },
    ...(appNames ? [{ name: 'App' }] : []),
    { name: 'Custody' },
    { name: 'Last used' },
    { name: 'What can be done', kind: 'acts' },
  ] as const
  return table(
    'Connections',
    columns,
    accounts.map(account => [
      html`${account.tool}<small>${account.account?.label ?? account.name}${account.practice ? ' · practice account' : ''}</small>`,
      html`${chip(...states[account.state])}${advice(account)}`,
      ...(appNames ? [appOf(account.appId, appNames)] : []),
      custody(account),
      account.usedAt === null ? 'Never' : time(account.usedAt),
      may(member, 'connections.share') ? html`${reconnect(account)}${isHere(account) ? disconnect(account) : ''}` : '',
    ]),
  )
}

/** Who keeps the account alive now, and from whom it came. */
function custody({ state, givenBy, desktop, since }: SharedAccount): Html {
  const from = html`<small>${desktop ? 'from' : 'connected by'} ${givenBy}, ${time(since)}</small>`
  switch (state) {
    case 'elsewhere':
      return html`On ${desktop || 'a desktop'}<small>of ${givenBy}, ${time(since)}</small>`
    case 'moving':
      return html`On its way${from}`
    case 'unsure':
      return html`Not certain${from}`
    case 'disconnected':
      return html`Nowhere<small>since ${time(since)}</small>`
    default:
      return html`This relay${from}`
  }
}

/** What is wrong, and what helps. */
function advice({ state, reason, tool }: SharedAccount): Html {
  const remedy =
    state === 'needs_reconnect'
      ? `Reconnect it as someone who may use this ${tool} account.`
      : state === 'disconnected'
        ? 'What works with it waits until it is connected again.'
        : ''
  const text = [reason, remedy].filter(Boolean).join(' ')
  return text ? html`<small class="${states[state][0]}">${text}</small>` : html``
}

function reconnect({ connectionId, connector, state, tool }: SharedAccount): Html {
  if (connector === null || state === 'elsewhere' || state === 'moving') return html``
  const label = state === 'disconnected' ? 'Connect again' : 'Reconnect'
  const look = state === 'needs_reconnect' ? 'main' : 'plain'
  return buttonForm('/connect', label, { connectionId }, { name: `${label}: ${tool}`, look })
}

const disconnect = ({ connectionId, tool }: SharedAccount): Html =>
  html`<a class="button" href="/connections/${connectionId}/disconnect" aria-label="Disconnect ${tool}">Disconnect…</a>`

/** How many people connected an account of their own, by app and tool. */
export function ownAccountSummary(lines: readonly OverviewLine[], appNames: ReadonlyMap<string, string>): Html {
  const groups = Map.groupBy(lines, ({ appId, connector }) => `${appId} ${connector}`)
  return table(
    'Accounts of users',
    [{ name: 'Tool', kind: 'main' }, { name: 'App' }, { name: 'State' }, { name: 'People', kind: 'number' }, { name: 'Who', kind: 'acts' }],
    [...groups.values()].flatMap(group => {
      const [first] = group
      if (!first) return []
      const ended = group.filter(({ state }) => state === 'needs_reconnect').length
      return [
        [
          first.tool,
          appOf(first.appId, appNames),
          ended ? chip('bad', ended === 1 ? '1 needs reconnect' : `${ended} need reconnect`) : chip('ok', 'Connected'),
          group.length,
          html`<a
            class="button"
            href="${ownAccountsPath(first)}"
            aria-label="People who connected ${first.tool} in ${appNames.get(first.appId) ?? first.appId}"
            >People</a
          >`,
        ],
      ]
    }),
  )
}

export const ownAccountsPath = ({ appId, connector }: Pick<OverviewLine, 'appId' | 'connector'>): string =>
  `/connections/users/${encodeURIComponent(appId)}/${encodeURIComponent(connector)}`

/** The accounts of one tool that the users of one app connected. As whom is theirs alone. */
export const ownAccountTable = (member: Member, lines: readonly OverviewLine[]): Html =>
  table(
    'People',
    [
      { name: 'Person', kind: 'main' },
      { name: 'State' },
      { name: 'Connected' },
      { name: 'Last used' },
      { name: 'What can be done', kind: 'acts' },
    ],
    lines.map(line => [
      html`${line.email || 'A user'}${line.practice ? html`<small>practice account</small>` : ''}`,
      html`${chip(...states[line.state])}${
        line.state === 'needs_reconnect'
          ? html`<small class="bad">${line.reason ?? ''} Only they can connect it again, in the app.</small>`
          : ''
      }`,
      time(line.connectedAt),
      line.usedAt === null ? 'Never' : time(line.usedAt),
      may(member, 'own-accounts.end')
        ? html`<a class="button" href="${ownAccountsPath(line)}/${line.connectionId}/end" aria-label="End the account of ${line.email}"
            >End…</a
          >`
        : '',
    ]),
  )
