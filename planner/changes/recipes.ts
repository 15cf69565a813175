/** What a step of a function can draw on when its input is written: TypeScript expressions. */
export type Content = {
  /** One line: “New ticket: …”. */
  headline: string
  /** The record's own name, or the headline. */
  name: string
  /** Several lines from what was read; empty when nothing was. */
  body: string
  /** The record's main fields, a line each; empty without a record. */
  details: string
  /** Values by column, as an object literal. */
  row: string
  /** A start time, where there is one; an ISO date or date-time. */
  start: string | null
  /** The address of the record's own person, where it has one. */
  email: string | null
  /** The value of a slot as an expression; a `{field}` in it is the record's. */
  slot(id: string): string
}

export type SlotDeclaration = { id: string; label: string; placeholder: string; required: boolean }

/** How a step of a plan is done with an action that a connector has. */
export type Recipe = {
  connector: string
  action: string
  verbs: readonly string[]
  /** Without: any object. */
  objects?: readonly string[]
  slots: readonly SlotDeclaration[]
  /** Writes: the input as `name: expression`. */
  input(content: Content): Record<string, string>
  /** Reads: how one of the results is shown on a line, with `item` as its variable. */
  line?: (item: string) => string
  /** In words: “post to #support”. `value` is the first slot's. */
  words(value: string): string
}

const channel: SlotDeclaration = { id: 'channel', label: 'Channel', placeholder: '#support', required: true }
const person: SlotDeclaration = { id: 'person', label: 'Person', placeholder: 'ada@example.com', required: true }
const recipient: SlotDeclaration = { id: 'to', label: 'To', placeholder: 'team@example.com', required: true }
const spreadsheet: SlotDeclaration = { id: 'spreadsheet', label: 'Spreadsheet', placeholder: 'Its name or link', required: true }
const repository: SlotDeclaration = { id: 'repository', label: 'Repository', placeholder: 'owner/name', required: true }
const writing = ['send', 'create', 'append', 'upload', 'upsert']

const chat = (connector: string): readonly Recipe[] => [
  {
    connector,
    action: 'sendDirectMessage',
    verbs: ['send', 'create'],
    objects: ['dm'],
    slots: [person],
    input: ({ slot, headline, body }) => ({ person: slot('person'), text: body || headline }),
    words: value => `message ${value || 'a person'}`,
  },
  {
    connector,
    action: 'postMessage',
    verbs: ['send', 'create', 'upsert'],
    slots: [channel],
    input: ({ slot, headline, body }) => ({ channel: slot('channel'), text: body || headline }),
    words: value => `post to ${value || 'a channel'}`,
  },
  {
    connector,
    action: 'readMessages',
    verbs: ['read', 'search'],
    slots: [channel],
    input: ({ slot }) => ({ channel: slot('channel') }),
    line: item => `\`• \${${item}.text}\``,
    words: value => `read ${value || 'a channel'}`,
  },
]

/** Every step that can be built, in the order they are tried. An action that the catalogue lacks is never written. */
export const recipes: readonly Recipe[] = [
  ...chat('slackbot'),
  {
    connector: 'slack',
    action: 'setStatus',
    verbs: ['update'],
    objects: ['status'],
    slots: [],
    input: ({ headline }) => ({ text: headline }),
    words: () => 'set your status',
  },
  ...chat('slack'),
  {
    connector: 'gmail',
    action: 'createDraft',
    verbs: ['create'],
    objects: ['draft'],
    slots: [recipient],
    input: ({ slot, headline, body, details }) => ({ to: slot('to'), subject: headline, text: details || body || headline }),
    words: value => `write a draft to ${value || 'a person'}`,
  },
  {
    connector: 'gmail',
    action: 'sendEmail',
    verbs: ['send'],
    objects: ['email', 'message', 'alert', 'newsletter', 'mail'],
    slots: [recipient],
    input: ({ slot, headline, body, details }) => ({ to: slot('to'), subject: headline, text: details || body || headline }),
    words: value => `email ${value || 'a person'}`,
  },
  {
    connector: 'gmail',
    action: 'findEmails',
    verbs: ['read', 'search'],
    slots: [],
    input: () => ({ query: "'is:unread newer_than:1d'" }),
    line: item => `\`• \${${item}.subject} (\${${item}.from})\``,
    words: () => 'find unread mail',
  },
  {
    connector: 'googlecalendar',
    action: 'createEvent',
    verbs: ['create', 'upsert'],
    slots: [],
    input: ({ name, body, details, start }) => ({
      title: name,
      start: start ?? 'new Date().toISOString().slice(0, 10)',
      ...((details || body) && { description: details || body }),
    }),
    words: () => 'create an event',
  },
  {
    connector: 'googlecalendar',
    action: 'listEvents',
    verbs: ['read', 'search'],
    slots: [],
    input: () => ({}),
    line: item => `\`• \${${item}.start} \${${item}.title}\``,
    words: () => 'read the next events',
  },
  {
    connector: 'googlesheets',
    action: 'appendRow',
    verbs: ['append', 'create', 'upsert'],
    slots: [spreadsheet],
    input: ({ slot, row }) => ({ spreadsheet: slot('spreadsheet'), row }),
    words: value => `add a row to ${value ? `“${value}”` : 'a spreadsheet'}`,
  },
  {
    connector: 'googlesheets',
    action: 'readRows',
    verbs: ['read', 'search'],
    slots: [spreadsheet],
    input: ({ slot }) => ({ spreadsheet: slot('spreadsheet') }),
    line: item => `\`• \${Object.values(${item}.values).join(', ')}\``,
    words: value => `read ${value ? `“${value}”` : 'a spreadsheet'}`,
  },
  {
    connector: 'googledrive',
    action: 'uploadFile',
    verbs: writing,
    slots: [{ id: 'folder', label: 'Folder', placeholder: 'Its link; without one, My Drive', required: false }],
    input: ({ name, headline, body, details, slot }) => ({ name, text: details || body || headline, folder: slot('folder') }),
    words: () => 'save a file',
  },
  {
    connector: 'googledrive',
    action: 'listFiles',
    verbs: ['read', 'search'],
    slots: [],
    input: () => ({}),
    line: item => `\`• \${${item}.name}\``,
    words: () => 'list files',
  },
  {
    connector: 'github',
    action: 'createIssue',
    verbs: ['create', 'upsert'],
    objects: ['issue', 'bug'],
    slots: [repository],
    input: ({ slot, name, headline, body, details }) => ({
      repository: slot('repository'),
      title: name,
      body: details || body || headline,
    }),
    words: value => `create an issue in ${value || 'a repository'}`,
  },
  {
    connector: 'github',
    action: 'listIssues',
    verbs: ['read', 'search'],
    objects: ['issue', 'bug'],
    slots: [repository],
    input: ({ slot }) => ({ repository: slot('repository') }),
    line: item => `\`• #\${${item}.number} \${${item}.title}\``,
    words: value => `list issues of ${value || 'a repository'}`,
  },
]

/** The way to do a step, or null when it cannot be built. `slackuser` of the vocabulary is `slack` in the catalogue. */
export function recipeFor({ connector, verb, object }: { connector: string; verb: string; object: string }): Recipe | null {
  return (
    recipes.find(
      recipe => recipe.connector === connector && recipe.verbs.includes(verb) && (!recipe.objects || recipe.objects.includes(object)),
    ) ?? null
  )
}
