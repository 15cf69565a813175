const pages: Readonly<Record<string, string>> = {
  slackbot: '/practice/slack',
  slack: '/practice/slack',
  gmail: '/practice/gmail',
  googlecalendar: '/practice/calendar',
  googledrive: '/practice/drive',
  googlesheets: '/practice/sheets',
  github: '/practice/github',
}

/** Path of the page that shows a connector's practice account. */
export const pageOf = (connectorId: string): string | null => (Object.hasOwn(pages, connectorId) ? (pages[connectorId] ?? null) : null)
