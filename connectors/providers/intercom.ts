import { z } from 'zod'
import type { LearnFacts, Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

const me = z.object({ app: z.object({ region: z.enum(['US', 'EU', 'AU']).catch('US') }) })
const hosts = { US: 'api.intercom.io', EU: 'api.eu.intercom.io', AU: 'api.au.intercom.io' } as const

/** Where the workspace's data is kept, and so its API. */
const learnRegion: LearnFacts = async ask => ({ apiHost: hosts[me.parse(await ask('https://api.intercom.io/me')).app.region] })

/** Intercom. What it may do is ticked on the app; https redirects only; tokens without an end. */
export const intercom: Provider = {
  id: 'intercom',
  name: 'Intercom',
  authorizationEndpoint: 'https://app.intercom.com/oauth',
  tokenEndpoint: 'https://api.intercom.io/auth/eagle/token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  relayOnly: true,
  grantAt: 'top',
  refreshToken: 'never',
  rotation: 'none',
  learn: learnRegion,
  clientPageUrl: 'https://app.intercom.com/a/apps/_/developer-hub',
  clientSetup: {
    steps: [
      'Create an app in the Developer Hub and turn on OAuth under “Authentication”.',
      'Enter the https address of your relay as redirect address.',
      'Copy the client id and the client secret.',
    ],
    scopesHint: 'Tick the permissions on the app.',
    quirks: [
      'Workspaces other than your own can connect only after Intercom’s review of the app.',
      'The access has no end and cannot be withdrawn by a program: uninstall the app in Intercom.',
    ],
  },
  apiOrigins: ['https://api.intercom.io', 'https://{apiHost}'],
}
