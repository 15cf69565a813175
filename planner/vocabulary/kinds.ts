import type { Kind } from './services.ts'
import type { VerbClass } from './verbs.ts'

type Step = { verb: string; object: string }
type KindFacts = {
  /** What lives in such a tool, singular. The first is what is read or meant when nothing is said. */
  nouns: readonly string[]
  /** What a verb of each class comes to in such a tool. `write` is what any other writing verb comes to. */
  steps: Partial<Record<VerbClass, Step>> & { write: Step }
  /** What happens in such a tool when the prompt names only the tool. */
  event: string
}

const step = (verb: string, object: string): Step => ({ verb, object })

export const kinds: Readonly<Record<Kind, KindFacts>> = {
  mail: {
    nouns: ['email', 'mail', 'message', 'attachment', 'draft', 'thread', 'inbox', 'label', 'newsletter', 'reply', 'conversation', 'sender'],
    steps: {
      write: step('send', 'email'),
      update: step('update', 'email'),
      delete: step('delete', 'email'),
      move: step('update', 'email'),
    },
    event: 'email.received',
  },
  calendar: {
    nouns: [
      'event',
      'meeting',
      'appointment',
      'calendar',
      'availability',
      'invite',
      'invitation',
      'attendee',
      'agenda',
      'reminder',
      'booking',
    ],
    steps: {
      write: step('create', 'event'),
      update: step('update', 'event'),
      delete: step('delete', 'event'),
      move: step('update', 'event'),
      upsert: step('upsert', 'event'),
    },
    event: 'event.created',
  },
  chat: {
    nouns: ['message', 'channel', 'dm', 'notification', 'alert', 'status', 'reaction', 'thread', 'post', 'update', 'summary', 'mention'],
    steps: { write: step('send', 'message'), delete: step('delete', 'message') },
    event: 'message.posted',
  },
  sheet: {
    nouns: ['row', 'spreadsheet', 'sheet', 'worksheet', 'column', 'cell', 'line'],
    steps: { write: step('append', 'row'), update: step('update', 'row'), delete: step('delete', 'row'), upsert: step('upsert', 'row') },
    event: 'row.created',
  },
  table: {
    nouns: ['record', 'row', 'base', 'table', 'view', 'item'],
    steps: {
      write: step('create', 'record'),
      update: step('update', 'record'),
      delete: step('delete', 'record'),
      upsert: step('upsert', 'record'),
    },
    event: 'record.created',
  },
  document: {
    nouns: ['document', 'doc', 'paragraph', 'file', 'template', 'note'],
    steps: {
      write: step('create', 'document'),
      append: step('append', 'text'),
      log: step('append', 'text'),
      update: step('update', 'document'),
      upsert: step('upsert', 'document'),
    },
    event: 'document.created',
  },
  wiki: {
    nouns: ['page', 'database', 'item', 'entry', 'block', 'checklist', 'note', 'task', 'to-do', 'record', 'doc'],
    steps: {
      write: step('create', 'page'),
      update: step('update', 'page'),
      delete: step('delete', 'page'),
      move: step('update', 'page'),
      upsert: step('upsert', 'page'),
    },
    event: 'page.created',
  },
  slides: {
    nouns: ['presentation', 'slide', 'deck', 'slideshow'],
    steps: { write: step('create', 'presentation'), update: step('update', 'presentation') },
    event: 'presentation.created',
  },
  storage: {
    nouns: ['file', 'folder', 'document', 'photo', 'image', 'pdf', 'video', 'attachment', 'backup', 'picture', 'invoice', 'receipt'],
    steps: { write: step('upload', 'file'), update: step('update', 'file'), delete: step('delete', 'file'), move: step('move', 'file') },
    event: 'file.created',
  },
  tasks: {
    nouns: [
      'task',
      'issue',
      'ticket',
      'project',
      'subtask',
      'comment',
      'bug',
      'story',
      'epic',
      'to-do',
      'todo',
      'item',
      'board',
      'list',
      'card',
      'sprint',
    ],
    steps: {
      write: step('create', 'task'),
      update: step('update', 'task'),
      delete: step('delete', 'task'),
      move: step('update', 'task'),
      upsert: step('upsert', 'task'),
    },
    event: 'task.created',
  },
  board: {
    nouns: ['card', 'board', 'list', 'task', 'checklist', 'comment', 'column', 'item', 'to-do', 'todo'],
    steps: {
      write: step('create', 'card'),
      update: step('update', 'card'),
      delete: step('delete', 'card'),
      move: step('move', 'card'),
      upsert: step('upsert', 'card'),
    },
    event: 'card.created',
  },
  code: {
    nouns: [
      'issue',
      'pull request',
      'pr',
      'commit',
      'repository',
      'repo',
      'release',
      'branch',
      'star',
      'comment',
      'gist',
      'bug',
      'milestone',
    ],
    steps: {
      write: step('create', 'issue'),
      update: step('update', 'issue'),
      delete: step('delete', 'issue'),
      move: step('update', 'issue'),
      upsert: step('upsert', 'issue'),
    },
    event: 'issue.created',
  },
  crm: {
    nouns: [
      'contact',
      'deal',
      'lead',
      'company',
      'opportunity',
      'account',
      'campaign',
      'list',
      'ticket',
      'task',
      'form',
      'record',
      'owner',
      'case',
    ],
    steps: {
      write: step('create', 'contact'),
      update: step('update', 'contact'),
      delete: step('delete', 'contact'),
      move: step('update', 'deal'),
      upsert: step('upsert', 'contact'),
    },
    event: 'contact.created',
  },
  social: {
    nouns: ['post', 'update', 'share', 'video', 'article', 'comment', 'profile', 'follower'],
    steps: { write: step('create', 'post'), delete: step('delete', 'post') },
    event: 'post.created',
  },
  payments: {
    nouns: ['payment', 'invoice', 'customer', 'charge', 'subscription', 'refund', 'sale', 'transaction', 'payout', 'dispute', 'checkout'],
    steps: {
      write: step('create', 'invoice'),
      update: step('update', 'customer'),
      delete: step('delete', 'subscription'),
      upsert: step('upsert', 'customer'),
    },
    event: 'payment.succeeded',
  },
  shop: {
    nouns: ['order', 'product', 'customer', 'inventory', 'stock', 'cart', 'sale', 'variant', 'collection', 'refund', 'store'],
    steps: {
      write: step('create', 'product'),
      update: step('update', 'product'),
      delete: step('delete', 'product'),
      upsert: step('upsert', 'product'),
    },
    event: 'order.created',
  },
  form: {
    nouns: ['response', 'entry', 'submission', 'form', 'answer', 'survey', 'quiz', 'feedback', 'lead'],
    steps: { write: step('create', 'form'), update: step('update', 'form') },
    event: 'form.submitted',
  },
  meeting: {
    nouns: ['meeting', 'webinar', 'recording', 'registrant', 'participant', 'transcript', 'attendee', 'call'],
    steps: {
      write: step('create', 'meeting'),
      update: step('update', 'meeting'),
      delete: step('delete', 'meeting'),
      move: step('update', 'meeting'),
    },
    event: 'meeting.created',
  },
  scheduling: {
    nouns: ['event', 'booking', 'meeting', 'invitee', 'appointment', 'call'],
    steps: { write: step('create', 'event'), delete: step('delete', 'event') },
    event: 'invitee.created',
  },
  analytics: {
    nouns: ['report', 'metric', 'traffic', 'visitor', 'pageview', 'session', 'data', 'statistic'],
    steps: { write: step('create', 'report') },
    event: 'report.ready',
  },
  warehouse: {
    nouns: ['row', 'query', 'table', 'dataset', 'data', 'record'],
    steps: { write: step('append', 'row'), create: step('create', 'row'), update: step('update', 'row'), delete: step('delete', 'row') },
    event: 'row.created',
  },
}

/** Words that mean a kind of tool without naming one, and the tool that is proposed for it. */
export const unnamed: ReadonlyArray<{ kind: Kind; service: string; also: readonly string[]; words: readonly string[] }> = [
  { kind: 'mail', service: 'gmail', also: ['outlook'], words: ['email', 'mail', 'inbox', 'mailbox', 'email attachment'] },
  {
    kind: 'calendar',
    service: 'googlecalendar',
    also: ['outlook'],
    words: ['calendar', 'calendar event', 'calendary', 'calendar invite', 'calendar entry', 'calendar invitation'],
  },
  { kind: 'sheet', service: 'googlesheets', also: ['airtable'], words: ['spreadsheet', 'sheet', 'worksheet'] },
  { kind: 'code', service: 'github', also: ['linear', 'jira'], words: ['repository', 'repo', 'pull request', 'commit'] },
]

/** Tools a bare `#channel` may belong to, the usual one first. */
export const channelServices: readonly string[] = ['slackbot', 'slackuser', 'discord', 'microsoftteams']
