import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { LearnFacts, Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

const sites = z.array(z.object({ id: z.string().regex(/^[\w-]+$/), url: z.string() }))

/** The cloud id of the site the user named: one consent reaches several, and every call has to say which. */
const learnSite: LearnFacts = async (ask, { site = '' }) => {
  const reachable = sites.parse(await ask('https://api.atlassian.com/oauth/token/accessible-resources'))
  const found = reachable.find(each => URL.parse(each.url)?.hostname === `${site}.atlassian.net`)
  if (found) return { cloudId: found.id }
  const names = reachable.map(({ url }) => URL.parse(url)?.hostname).join(', ')
  throw new AppError(
    'forbidden',
    `This account may not use ${site}.atlassian.net. ${names ? `It may use ${names}.` : 'It may use no site yet.'}`,
  )
}

/** Atlassian, Jira and Confluence in the cloud (3LO). */
export const atlassian: Provider = {
  id: 'atlassian',
  name: 'Atlassian',
  authorizationEndpoint: 'https://auth.atlassian.com/authorize',
  tokenEndpoint: 'https://auth.atlassian.com/oauth/token',
  fields: [
    {
      id: 'site',
      label: 'Site',
      hint: 'The name in the address of your Jira or Confluence.',
      placeholder: 'acme',
      pattern: '[a-z0-9]([a-z0-9-]*[a-z0-9])?',
      suffix: '.atlassian.net',
    },
  ],
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  lastingScopes: ['offline_access'],
  authorizationParameters: { audience: 'api.atlassian.com', prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('localhost'),
  tokenBody: 'json',
  grantAt: 'top',
  refreshToken: 'always',
  rotation: 'strict',
  refreshIdleDays: 90,
  learn: learnSite,
  accountPageUrl: 'https://id.atlassian.com/manage-profile/apps',
  clientPageUrl: 'https://developer.atlassian.com/console/myapps/',
  clientSetup: {
    steps: [
      'Create an “OAuth 2.0 integration”.',
      'Under “Authorization” enter the redirect address.',
      'Under “Settings” copy the client id and the secret.',
    ],
    scopesHint:
      'Under “Permissions” add the Jira or Confluence API with the scopes that Plugboard asks for, and read:me of the User identity API.',
    quirks: [
      'Make the client for yourself or your team: Atlassian does not allow a product to have each customer make one.',
      'A connection is for one site, because every call names it.',
      'Access that is not used for 90 days ends.',
    ],
  },
  apiOrigins: ['https://api.atlassian.com'],
}
