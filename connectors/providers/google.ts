import type { Provider } from '../../core/provider.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`

/**
 * Google, desktop client type. The secret must be sent although Google itself does not count it as confidential; any loopback port
 * is accepted. A refresh token comes only with `access_type=offline`, and again only with `prompt=consent`.
 */
export const google: Provider = {
  id: 'google',
  name: 'Google',
  authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenEndpoint: 'https://oauth2.googleapis.com/token',
  revocationEndpoint: 'https://oauth2.googleapis.com/revoke',
  scopeParameter: 'scope',
  scopeSeparator: ' ',
  authorizationParameters: { access_type: 'offline', prompt: 'consent' },
  clientAuthentication: 'client_secret_post',
  secretRequired: true,
  pkce: true,
  redirect: { host: '127.0.0.1', path: '/callback', ports: [] },
  grantAt: 'top',
  rotation: 'stable',
  impliedScopes: {
    [scope('userinfo.email')]: ['email'],
    'https://mail.google.com/': [scope('gmail.modify')],
    [scope('gmail.modify')]: ['gmail.readonly', 'gmail.compose', 'gmail.labels', 'gmail.insert'].map(scope),
    [scope('gmail.compose')]: [scope('gmail.send')],
    [scope('gmail.readonly')]: [scope('gmail.metadata')],
    [scope('calendar')]: ['calendar.readonly', 'calendar.events', 'calendar.calendarlist'].map(scope),
    [scope('calendar.readonly')]: ['calendar.events.readonly', 'calendar.calendarlist.readonly'].map(scope),
    [scope('calendar.events')]: [scope('calendar.events.readonly')],
    [scope('calendar.calendarlist')]: [scope('calendar.calendarlist.readonly')],
    [scope('drive')]: ['drive.readonly', 'drive.file', 'drive.metadata', 'spreadsheets'].map(scope),
    [scope('drive.readonly')]: ['drive.metadata.readonly', 'spreadsheets.readonly'].map(scope),
    [scope('drive.metadata')]: [scope('drive.metadata.readonly')],
    [scope('spreadsheets')]: [scope('spreadsheets.readonly')],
  },
  accountPageUrl: 'https://myaccount.google.com/connections',
  clientPageUrl: 'https://console.cloud.google.com/apis/credentials',
  apiOrigins: [
    'https://www.googleapis.com',
    'https://gmail.googleapis.com',
    'https://sheets.googleapis.com',
    'https://openidconnect.googleapis.com',
  ],
  practice: {
    service: 'google',
    authorizationPath: '/o/oauth2/v2/auth',
    tokenPath: '/oauth2/token',
    revocationPath: '/oauth2/revoke',
  },
}
