/**
 * How each provider's authorization server behaves, by its documentation: written apart from `connectors/providers`, which says how we
 * behave towards it. Addresses are without their scheme.
 */
export type Habits = {
  /** What a user answers to its fields, where it has any. */
  answers?: Readonly<Record<string, string>>
  authorize: string
  token: string
  /** Where refresh tokens are exchanged, if elsewhere. */
  refresh?: string
  /** How it wants to know the client; a public one has no secret, and one sent to a `secretless` one is an error. */
  client: 'post' | 'basic' | 'public' | 'secretless'
  clientId?: string
  json?: true
  pkce?: 'S256' | 'hex'
  redirectHost: 'localhost' | '127.0.0.1'
  scopeParameter?: string
  separator?: ',' | ' '
  answerSeparator?: ','
  /** Must be among the parameters of the authorization request. */
  asks?: Readonly<Record<string, string>>
  /** Gives a refresh token only for this scope or this parameter; `never`. */
  lasting?: { scope: string } | { parameter: readonly [string, string] } | 'never'
  /** Must be among the parameters of every token request. */
  tokenAsks?: Readonly<Record<string, string>>
  /** Wants the scopes named again on refresh. */
  refreshScope?: string
  /** The old refresh token goes on working, so that the answer may leave out the new one; or there is a new one each time. */
  refreshing?: 'stable' | 'rotating' | 'sibling'
  /** The answer does not say when the access ends, or the token itself does. */
  ends?: 'unsaid' | 'jwt'
  /** What surrounds the grant in the first answer. */
  wrap?: (grant: Record<string, unknown>) => Record<string, unknown>
  /** Error answers come with HTTP 200. */
  errors200?: true
  signsReturn?: true
  revoke?: {
    request: string
    by: 'post' | 'basic' | 'bearer' | 'id' | 'header X-Shopify-Access-Token'
    /** Where the token stands: a parameter, a member of a JSON body, the end of the path, or nowhere else. */
    token?: string
    json?: true
    alsoAsks?: Readonly<Record<string, string>>
  }
}

const rfc7009 = (address: string, by: 'post' | 'basic' | 'id' = 'post') => ({ request: `POST ${address}`, by, token: 'token' })

export const habits: Readonly<Record<string, Habits>> = {
  google: {
    authorize: 'accounts.google.com/o/oauth2/v2/auth',
    token: 'oauth2.googleapis.com/token',
    client: 'post',
    pkce: 'S256',
    redirectHost: '127.0.0.1',
    asks: { prompt: 'consent' },
    lasting: { parameter: ['access_type', 'offline'] },
    refreshing: 'stable',
    revoke: { request: 'POST oauth2.googleapis.com/revoke', by: 'post', token: 'token' },
  },
  microsoft: {
    authorize: 'login.microsoftonline.com/common/oauth2/v2.0/authorize',
    token: 'login.microsoftonline.com/common/oauth2/v2.0/token',
    client: 'secretless',
    pkce: 'S256',
    redirectHost: 'localhost',
    lasting: { scope: 'offline_access' },
    refreshScope: 'offline_access',
    refreshing: 'sibling',
  },
  slackbot: {
    authorize: 'slack.com/oauth/v2/authorize',
    token: 'slack.com/api/oauth.v2.access',
    client: 'post',
    redirectHost: 'localhost',
    separator: ',',
    errors200: true,
    wrap: grant => ({ ok: true, ...grant, token_type: 'bot', team: { id: 'T1' }, authed_user: { id: 'U1' } }),
    revoke: { request: 'POST slack.com/api/auth.revoke', by: 'bearer' },
  },
  slack: {
    authorize: 'slack.com/oauth/v2/authorize',
    token: 'slack.com/api/oauth.v2.access',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    scopeParameter: 'user_scope',
    separator: ',',
    errors200: true,
    wrap: grant => ({ ok: true, team: { id: 'T1' }, authed_user: { id: 'U1', ...grant, token_type: 'user' } }),
    revoke: { request: 'POST slack.com/api/auth.revoke', by: 'bearer' },
  },
  discord: {
    authorize: 'discord.com/oauth2/authorize',
    token: 'discord.com/api/oauth2/token',
    client: 'public',
    pkce: 'S256',
    redirectHost: '127.0.0.1',
    revoke: rfc7009('discord.com/api/oauth2/token/revoke', 'id'),
  },
  github: {
    authorize: 'github.com/login/oauth/authorize',
    token: 'github.com/login/oauth/access_token',
    client: 'post',
    pkce: 'S256',
    redirectHost: '127.0.0.1',
    answerSeparator: ',',
    errors200: true,
    lasting: 'never',
    ends: 'unsaid',
    revoke: { request: 'DELETE api.github.com/applications/the-client/grant', by: 'basic', token: 'access_token', json: true },
  },
  'github-app': {
    authorize: 'github.com/login/oauth/authorize',
    token: 'github.com/login/oauth/access_token',
    client: 'post',
    pkce: 'S256',
    redirectHost: '127.0.0.1',
    answerSeparator: ',',
    errors200: true,
    revoke: { request: 'DELETE api.github.com/applications/the-client/grant', by: 'basic', token: 'access_token', json: true },
  },
  gitlab: {
    answers: { host: 'https://Git.Example.org/users/sign_in' },
    authorize: 'git.example.org/oauth/authorize',
    token: 'git.example.org/oauth/token',
    client: 'secretless',
    pkce: 'S256',
    redirectHost: '127.0.0.1',
    revoke: rfc7009('git.example.org/oauth/revoke', 'id'),
  },
  notion: {
    authorize: 'api.notion.com/v1/oauth/authorize',
    token: 'api.notion.com/v1/oauth/token',
    client: 'basic',
    json: true,
    redirectHost: 'localhost',
    asks: { owner: 'user' },
    ends: 'unsaid',
    wrap: grant => ({ ...grant, bot_id: 'b', workspace_name: 'Acme', owner: { user: { id: 'u' } } }),
    revoke: { request: 'POST api.notion.com/v1/oauth/revoke', by: 'basic', token: 'token', json: true },
  },
  clickup: {
    authorize: 'app.clickup.com/api',
    token: 'api.clickup.com/api/v2/oauth/token',
    client: 'post',
    redirectHost: 'localhost',
    lasting: 'never',
    ends: 'unsaid',
  },
  wrike: {
    authorize: 'login.wrike.com/oauth2/authorize/v4',
    token: 'login.wrike.com/oauth2/token',
    client: 'post',
    redirectHost: 'localhost',
    separator: ',',
    wrap: grant => ({ ...grant, host: 'app-eu.wrike.com' }),
  },
  box: {
    authorize: 'account.box.com/api/oauth2/authorize',
    token: 'api.box.com/oauth2/token',
    client: 'post',
    redirectHost: '127.0.0.1',
    revoke: rfc7009('api.box.com/oauth2/revoke'),
  },
  dropbox: {
    authorize: 'www.dropbox.com/oauth2/authorize',
    token: 'api.dropboxapi.com/oauth2/token',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    lasting: { parameter: ['token_access_type', 'offline'] },
    refreshing: 'stable',
    revoke: { request: 'POST api.dropboxapi.com/2/auth/token/revoke', by: 'bearer' },
  },
  salesforce: {
    answers: { domain: 'acme.my' },
    authorize: 'acme.my.salesforce.com/services/oauth2/authorize',
    token: 'acme.my.salesforce.com/services/oauth2/token',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    lasting: { scope: 'refresh_token' },
    ends: 'unsaid',
    refreshing: 'stable',
    wrap: grant => ({
      ...grant,
      id: 'https://login.salesforce.com/id/00D/005',
      instance_url: 'https://acme--dev.sandbox.my.salesforce.com',
    }),
    revoke: rfc7009('acme.my.salesforce.com/services/oauth2/revoke', 'id'),
  },
  hubspot: {
    authorize: 'app.hubspot.com/oauth/authorize',
    token: 'api.hubapi.com/oauth/v1/token',
    client: 'post',
    redirectHost: 'localhost',
    refreshing: 'stable',
    revoke: { request: 'DELETE api.hubapi.com/oauth/v1/refresh-tokens/', by: 'bearer', token: 'path' },
  },
  linkedin: {
    authorize: 'www.linkedin.com/oauth/v2/authorization',
    token: 'www.linkedin.com/oauth/v2/accessToken',
    client: 'post',
    redirectHost: 'localhost',
    answerSeparator: ',',
    lasting: 'never',
  },
  tiktok: {
    authorize: 'www.tiktok.com/v2/auth/authorize/',
    token: 'open.tiktokapis.com/v2/oauth/token/',
    client: 'post',
    clientId: 'client_key',
    pkce: 'hex',
    redirectHost: '127.0.0.1',
    separator: ',',
    errors200: true,
    wrap: grant => ({ ...grant, open_id: 'o', refresh_expires_in: 31_536_000 }),
    revoke: { ...rfc7009('open.tiktokapis.com/v2/oauth/revoke/') },
  },
  airtable: {
    authorize: 'airtable.com/oauth2/v1/authorize',
    token: 'airtable.com/oauth2/v1/token',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    wrap: grant => ({ ...grant, refresh_expires_in: 5_184_000 }),
  },
  asana: {
    authorize: 'app.asana.com/-/oauth_authorize',
    token: 'app.asana.com/-/oauth_token',
    client: 'post',
    pkce: 'S256',
    redirectHost: 'localhost',
    refreshing: 'stable',
    wrap: grant => ({ ...grant, data: { gid: '1', name: 'Mia' } }),
    revoke: rfc7009('app.asana.com/-/oauth_revoke'),
  },
  linear: {
    authorize: 'linear.app/oauth/authorize',
    token: 'api.linear.app/oauth/token',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    separator: ',',
    revoke: { request: 'POST api.linear.app/oauth/revoke', by: 'bearer', token: 'token' },
  },
  atlassian: {
    answers: { site: 'https://acme.atlassian.net/jira' },
    authorize: 'auth.atlassian.com/authorize',
    token: 'auth.atlassian.com/oauth/token',
    client: 'post',
    json: true,
    redirectHost: 'localhost',
    asks: { audience: 'api.atlassian.com', prompt: 'consent' },
    lasting: { scope: 'offline_access' },
  },
  trello: {
    authorize: 'auth.atlassian.com/authorize',
    token: 'auth.atlassian.com/oauth/token',
    client: 'public',
    json: true,
    pkce: 'S256',
    redirectHost: 'localhost',
    lasting: { scope: 'offline_access' },
  },
  zoom: {
    authorize: 'zoom.us/oauth/authorize',
    token: 'zoom.us/oauth/token',
    client: 'basic',
    pkce: 'S256',
    redirectHost: '127.0.0.1',
    revoke: rfc7009('zoom.us/oauth/revoke', 'basic'),
  },
  calendly: {
    authorize: 'auth.calendly.com/oauth/authorize',
    token: 'auth.calendly.com/oauth/token',
    client: 'basic',
    pkce: 'S256',
    redirectHost: 'localhost',
    revoke: rfc7009('auth.calendly.com/oauth/revoke', 'basic'),
  },
  typeform: {
    authorize: 'api.typeform.com/oauth/authorize',
    token: 'api.typeform.com/oauth/token',
    client: 'post',
    redirectHost: 'localhost',
    lasting: { scope: 'offline' },
  },
  mailchimp: {
    authorize: 'login.mailchimp.com/oauth2/authorize',
    token: 'login.mailchimp.com/oauth2/token',
    client: 'post',
    redirectHost: '127.0.0.1',
    lasting: 'never',
    ends: 'unsaid',
    wrap: grant => ({ ...grant, expires_in: 0, scope: null }),
  },
  stripe: {
    authorize: 'connect.stripe.com/oauth/authorize',
    token: 'connect.stripe.com/oauth/token',
    client: 'post',
    redirectHost: 'localhost',
    ends: 'unsaid',
    lasting: 'never',
    wrap: grant => ({ ...grant, stripe_user_id: 'acct_1A2b', livemode: false }),
    revoke: { request: 'POST connect.stripe.com/oauth/deauthorize', by: 'post', alsoAsks: { stripe_user_id: 'acct_1A2b' } },
  },
  shopify: {
    answers: { shop: 'acme.myshopify.com' },
    authorize: 'acme.myshopify.com/admin/oauth/authorize',
    token: 'acme.myshopify.com/admin/oauth/access_token',
    client: 'post',
    redirectHost: 'localhost',
    separator: ',',
    tokenAsks: { expiring: '1' },
    signsReturn: true,
    wrap: grant => ({ ...grant, token_type: undefined }),
    revoke: { request: 'DELETE acme.myshopify.com/admin/api_permissions/current.json', by: 'header X-Shopify-Access-Token' },
  },
  figma: {
    authorize: 'www.figma.com/oauth',
    token: 'api.figma.com/v1/oauth/token',
    refresh: 'api.figma.com/v1/oauth/refresh',
    client: 'basic',
    redirectHost: '127.0.0.1',
    separator: ',',
    refreshing: 'stable',
  },
  monday: {
    authorize: 'auth.monday.com/oauth2/authorize',
    token: 'auth.monday.com/oauth_ms/oauth/token',
    client: 'post',
    pkce: 'S256',
    redirectHost: 'localhost',
    ends: 'jwt',
    revoke: rfc7009('auth.monday.com/oauth_ms/oauth/revoke'),
  },
  todoist: {
    authorize: 'app.todoist.com/oauth/authorize',
    token: 'api.todoist.com/oauth/access_token',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    separator: ',',
  },
  webflow: {
    authorize: 'webflow.com/oauth/authorize',
    token: 'api.webflow.com/oauth/access_token',
    client: 'post',
    redirectHost: 'localhost',
    lasting: 'never',
    ends: 'unsaid',
    revoke: { request: 'POST webflow.com/oauth/revoke_authorization', by: 'post', token: 'access_token' },
  },
  zendesk: {
    answers: { subdomain: 'acme' },
    authorize: 'acme.zendesk.com/oauth/authorizations/new',
    token: 'acme.zendesk.com/oauth/tokens',
    client: 'public',
    pkce: 'S256',
    redirectHost: 'localhost',
    tokenAsks: { expires_in: '172800', refresh_token_expires_in: '7776000' },
    revoke: { request: 'DELETE acme.zendesk.com/api/v2/oauth/tokens/current.json', by: 'bearer' },
  },
  intercom: {
    authorize: 'app.intercom.com/oauth',
    token: 'api.intercom.io/auth/eagle/token',
    client: 'post',
    redirectHost: 'localhost',
    lasting: 'never',
    ends: 'unsaid',
  },
}
