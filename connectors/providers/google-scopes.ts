const scope = (name: string) => `https://www.googleapis.com/auth/${name}`

/**
 * What Google's wider scopes include: every method that takes the smaller one takes the wider one too, by the list of scopes on each
 * method's page. https://developers.google.com/identity/protocols/oauth2/scopes
 */
export const googleScopes: Readonly<Record<string, readonly string[]>> = {
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
}
