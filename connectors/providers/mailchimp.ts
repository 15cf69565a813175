import { z } from 'zod'
import type { LearnFacts, Provider } from '../../core/provider.ts'
import { listedPorts } from './loopback.ts'

const metadata = z.object({ dc: z.string().regex(/^[a-z]{2,}\d+$/) })

/** The data centre of the account, which is part of the address of its API. */
const learnDataCentre: LearnFacts = async ask => metadata.parse(await ask('https://login.mailchimp.com/oauth2/metadata', 'OAuth'))

/** Mailchimp. No scopes, no end of the access; 127.0.0.1 is accepted where localhost is not. */
export const mailchimp: Provider = {
  id: 'mailchimp',
  name: 'Mailchimp',
  authorizationEndpoint: 'https://login.mailchimp.com/oauth2/authorize',
  tokenEndpoint: 'https://login.mailchimp.com/oauth2/token',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: {},
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: false,
  redirect: listedPorts('127.0.0.1'),
  grantAt: 'top',
  refreshToken: 'never',
  rotation: 'none',
  learn: learnDataCentre,
  clientPageUrl: 'https://admin.mailchimp.com/account/oauth2/',
  clientSetup: {
    steps: ['Register a new app.', 'Enter the redirect address.', 'Copy the client id and the client secret, which is shown only once.'],
    quirks: ['The access is to the whole account and has no end.', 'It cannot be withdrawn by a program.'],
  },
  apiOrigins: ['https://login.mailchimp.com', 'https://{dc}.api.mailchimp.com'],
}
