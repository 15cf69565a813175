import { fileURLToPath } from 'node:url'
import { needsSecret, redirectUris } from '../core/oauth-client.ts'
import type { Provider } from '../core/provider.ts'

export const providerDocsFolder = fileURLToPath(new URL('../docs/providers/', import.meta.url))

const made = '<!-- Made by npm run connectors from the provider’s data. Do not edit. -->'

/** The pages of `docs/providers`: file name → text. */
export const renderProviderDocs = (providers: readonly Provider[]): Record<string, string> => ({
  'README.md': index(providers),
  ...Object.fromEntries(providers.map(provider => [`${provider.id}.md`, page(provider)])),
})

/** What a real account takes: the shortest word for how far a desktop program gets on its own. */
function clientWords(provider: Provider): string {
  if (provider.relayOnly) return 'A relay, and a client id and secret'
  if (needsSecret(provider)) return 'A client id and secret'
  if (provider.deviceAuthorizationEndpoint) return 'A client id; with the secret too, no code has to be typed'
  return provider.secretRefused ? 'A client id; there is no secret' : 'A client id; the secret is optional'
}

const lifeWords = {
  always: 'Renewed by itself',
  optional: 'Has no end, or is renewed by itself, by how the client is set up; otherwise Plugboard says when it ends',
  never: 'Has no end, and cannot be renewed',
} as const satisfies Record<Provider['refreshToken'], string>

const rotationWords = {
  none: 'Nothing is renewed',
  stable: 'The refresh token stays the same: a renewal that is interrupted is repeated',
  untilUsed: 'The old refresh token works until the new one is used: a renewal that is interrupted is repeated',
  grace: 'The old refresh token works a while longer: a renewal that is interrupted is repeated',
  strict: 'Each refresh token serves once: if its answer is lost, you connect again',
} as const satisfies Record<Provider['rotation'], string>

function withdrawalWords({ revocation }: Provider): string {
  if (!revocation) return 'Not possible for a program'
  const words = {
    grant: 'Ends the access',
    token: 'Ends the token; the app stays authorized or installed',
    unclear: 'Ends the token; the app may stay listed',
  }[revocation.ends]
  return revocation.secretRequired ? `${words}. Needs the client secret` : words
}

/** Slack is one name for two. */
const titleOf = ({ id, name }: Provider) => ({ slackbot: 'Slack, as a bot', slack: 'Slack, as a person' })[id] ?? name

function index(providers: readonly Provider[]): string {
  const rows = providers.map(provider => [`[${titleOf(provider)}](${provider.id}.md)`, clientWords(provider), withdrawalWords(provider)])
  return `${[
    '# Providers',
    made,
    'To connect a real account, Plugboard has to be known at its provider as an OAuth client. You make one once per provider and enter it under “Settings”, “OAuth clients”; each page below says how, with the redirect addresses to copy. Practice accounts need none.',
    '## Clients that come with a build',
    'Whoever packages Plugboard can register clients for all of their users: `resources/oauth-clients.json` is empty by default and takes them by the name that stands on each provider’s page, and `PLUGBOARD_OAUTH_CLIENTS=/path/to/file.json` names another file of the same form when Plugboard starts. A secret in it is known to everyone who has the build, so leave it out where a provider can do without. Clients in “Settings” go first.',
    '```json\n{ "v": 1, "clients": { "slack": { "clientId": "123.456" } } }\n```',
    '## All providers',
    table(['Provider', 'A real account takes', 'Disconnecting'], rows),
  ].join('\n\n')}\n`
}

function page(provider: Provider): string {
  const { clientSetup, clientPageUrl, accountPageUrl, fields = [], refreshIdleDays, rotation } = provider
  const { steps, scopesHint, quirks = [] } = clientSetup
  return `${[
    `# ${titleOf(provider)}`,
    made,
    table(
      ['', ''],
      [
        ['Name in files', `\`${provider.id}\``],
        ['A real account takes', clientWords(provider)],
        ['Practice account', provider.practice ? 'Yes, on this computer' : 'No'],
        ['Access', lifeWords[provider.refreshToken]],
        ['Renewal', rotationWords[rotation]],
        ...(refreshIdleDays ? [['Without any use', `Ends after ${refreshIdleDays} days`]] : []),
        ['Disconnecting', withdrawalWords(provider)],
        ...(accountPageUrl ? [['Ending it by hand', accountPageUrl.replaceAll(/\{(\w+)\}/g, '‹$1›')]] : []),
      ],
    ),
    '## Create an OAuth client',
    `At ${clientPageUrl}:`,
    [...steps, ...(scopesHint ? [scopesHint] : [])].map((step, number) => `${number + 1}. ${step}`).join('\n'),
    `Redirect addresses:\n\n${redirectText(provider)}`,
    ...(fields.length > 0
      ? [
          '## Asked before connecting',
          table(
            ['', 'What it is', 'For example'],
            fields.map(({ label, hint, placeholder, suffix = '' }) => [label, hint, `\`${placeholder}${suffix}\``]),
          ),
        ]
      : []),
    ...(quirks.length > 0 ? [`## Good to know\n\n${quirks.map(quirk => `- ${quirk}`).join('\n')}`] : []),
  ].join('\n\n')}\n`
}

function redirectText(provider: Provider): string {
  if (provider.relayOnly) return 'The https address that your relay shows.'
  const uris = redirectUris(provider)
  if (uris.length === 0) return 'None: every address on this computer is allowed.'
  const { ports } = provider.redirect
  const why = ports.length > 0 ? 'All of them: the first whose port is free is used.' : 'Any port is accepted behind it.'
  return `\`\`\`\n${uris.join('\n')}\n\`\`\`\n\n${why}`
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
