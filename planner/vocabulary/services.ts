/** What a tool is for. Verbs and objects follow from it, so that a tool needs no grammar of its own. */
export type Kind =
  | 'mail'
  | 'calendar'
  | 'chat'
  | 'sheet'
  | 'table'
  | 'document'
  | 'wiki'
  | 'slides'
  | 'storage'
  | 'tasks'
  | 'board'
  | 'code'
  | 'crm'
  | 'social'
  | 'payments'
  | 'shop'
  | 'form'
  | 'meeting'
  | 'scheduling'
  | 'analytics'
  | 'warehouse'

export type Service = {
  id: string
  name: string
  kinds: readonly Kind[]
  /** Names that mean this tool wherever they stand. Words are separated by spaces. */
  aliases: readonly string[]
  /** Names that are also everyday words: they count as a name only with a capital letter, after a preposition, or before a noun of the tool. */
  everyday?: readonly string[]
}

/** The tools the planner knows by name: the catalogue may hold fewer, and a plan for the others says so. */
export const services: readonly Service[] = [
  { id: 'gmail', name: 'Gmail', kinds: ['mail'], aliases: ['gmail', 'google mail', 'googlemail', 'g mail'] },
  {
    id: 'googlecalendar',
    name: 'Google Calendar',
    kinds: ['calendar'],
    aliases: ['google calendar', 'google calendars', 'google cal', 'gcal', 'googlecalendar', 'calendar google', 'calendar of google'],
  },
  {
    id: 'googledrive',
    name: 'Google Drive',
    kinds: ['storage'],
    aliases: ['google drive', 'googledrive', 'gdrive', 'g drive'],
    everyday: ['drive'],
  },
  {
    id: 'googledocs',
    name: 'Google Docs',
    kinds: ['document'],
    aliases: ['google docs', 'google doc', 'googledocs', 'google document', 'google documents', 'gdocs', 'gdoc'],
  },
  {
    id: 'googlesheets',
    name: 'Google Sheets',
    kinds: ['sheet'],
    aliases: [
      'google sheets',
      'google sheet',
      'googlesheets',
      'googlesheet',
      'google spreadsheet',
      'google spreadsheets',
      'gsheets',
      'gsheet',
      'g sheets',
    ],
    everyday: ['sheets'],
  },
  {
    id: 'googleslides',
    name: 'Google Slides',
    kinds: ['slides'],
    aliases: ['google slides', 'google slide', 'googleslides', 'google presentation', 'google presentations'],
  },
  {
    id: 'googlebigquery',
    name: 'BigQuery',
    kinds: ['warehouse'],
    aliases: ['google bigquery', 'google big query', 'bigquery', 'big query'],
  },
  {
    id: 'googleanalytics',
    name: 'Google Analytics',
    kinds: ['analytics'],
    aliases: ['google analytics', 'googleanalytics', 'ga4', 'google analytics 4'],
  },
  { id: 'slackuser', name: 'Slack User', kinds: ['chat'], aliases: ['slack user', 'slackuser', 'slack user token'] },
  { id: 'slackbot', name: 'Slack Bot', kinds: ['chat'], aliases: ['slack', 'slack bot', 'slackbot'] },
  { id: 'discord', name: 'Discord', kinds: ['chat'], aliases: ['discord', 'discord bot'] },
  { id: 'github', name: 'GitHub', kinds: ['code'], aliases: ['github', 'git hub'] },
  { id: 'notion', name: 'Notion', kinds: ['wiki'], aliases: [], everyday: ['notion'] },
  { id: 'clickup', name: 'ClickUp', kinds: ['tasks'], aliases: ['clickup', 'click up'] },
  { id: 'wrike', name: 'Wrike', kinds: ['tasks'], aliases: ['wrike'] },
  { id: 'box', name: 'Box', kinds: ['storage'], aliases: ['box com', 'box.com'], everyday: ['box'] },
  { id: 'dropbox', name: 'Dropbox', kinds: ['storage'], aliases: ['dropbox', 'drop box'] },
  { id: 'salesforce', name: 'Salesforce', kinds: ['crm'], aliases: ['salesforce', 'sfdc', 'sales force'] },
  { id: 'hubspot', name: 'HubSpot', kinds: ['crm'], aliases: ['hubspot', 'hub spot', 'hubspot crm'] },
  { id: 'linkedin', name: 'LinkedIn', kinds: ['social'], aliases: ['linkedin', 'linked in'] },
  { id: 'tiktok', name: 'TikTok', kinds: ['social'], aliases: ['tiktok', 'tik tok'] },
  {
    id: 'outlook',
    name: 'Outlook',
    kinds: ['mail', 'calendar'],
    aliases: [
      'microsoft outlook',
      'ms outlook',
      'outlook',
      'outlook 365',
      'outlook calendar',
      'outlook mail',
      'outlook.com',
      'microsoft 365',
      'office 365',
      'office 365 outlook',
      'office 365 mail',
      'office 365 email',
      'office 365 calendar',
      'office365',
      'm365',
      'o365',
      'microsoft account',
      'microsoft accounts',
      'hotmail',
    ],
  },
  {
    id: 'onedrive',
    name: 'OneDrive',
    kinds: ['storage'],
    aliases: ['onedrive', 'one drive', 'microsoft onedrive', 'onedrive for business'],
  },
  {
    id: 'microsoftteams',
    name: 'Microsoft Teams',
    kinds: ['chat'],
    aliases: ['microsoft teams', 'ms teams', 'msteams', 'microsoftteams', 'teams channel', 'teams message', 'teams chat'],
    everyday: ['teams'],
  },
  { id: 'airtable', name: 'Airtable', kinds: ['table'], aliases: ['airtable', 'air table'] },
  { id: 'asana', name: 'Asana', kinds: ['tasks'], aliases: ['asana'] },
  { id: 'linear', name: 'Linear', kinds: ['tasks'], aliases: ['linear app', 'linear.app'], everyday: ['linear'] },
  {
    id: 'jira',
    name: 'Jira',
    kinds: ['tasks'],
    aliases: ['jira', 'jira cloud', 'jira software', 'atlassian jira', 'jira service desk', 'jira service management'],
  },
  { id: 'trello', name: 'Trello', kinds: ['board'], aliases: ['trello'] },
  { id: 'todoist', name: 'Todoist', kinds: ['tasks'], aliases: ['todoist'] },
  { id: 'stripe', name: 'Stripe', kinds: ['payments'], aliases: ['stripe'] },
  { id: 'shopify', name: 'Shopify', kinds: ['shop'], aliases: ['shopify'] },
  { id: 'typeform', name: 'Typeform', kinds: ['form'], aliases: ['typeform', 'type form'] },
  { id: 'calendly', name: 'Calendly', kinds: ['scheduling'], aliases: ['calendly'] },
  { id: 'zoom', name: 'Zoom', kinds: ['meeting'], aliases: [], everyday: ['zoom'] },
]

export const serviceById: ReadonlyMap<string, Service> = new Map(services.map(service => [service.id, service]))
