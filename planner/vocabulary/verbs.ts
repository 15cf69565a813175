import { dictionary } from './dictionary.ts'

/** How a verb moves data. `transfer` takes from one tool and puts in another; `connect` and `make` only lead in. */
export type VerbClass =
  | 'send'
  | 'create'
  | 'append'
  | 'log'
  | 'update'
  | 'upsert'
  | 'delete'
  | 'upload'
  | 'move'
  | 'read'
  | 'summarize'
  | 'transfer'
  | 'show'
  | 'connect'
  | 'press'
  | 'process'

export type VerbForm = 'base' | 'third' | 'gerund' | 'past'

const bases: Readonly<Record<VerbClass, string>> = {
  send: 'send post notify message dm alert email e-mail mail remind ping reply respond announce broadcast tell inform warn forward text deliver slack share escalate congratulate thank',
  create:
    'create add insert open schedule book block make invite register generate draft submit publish raise file start plan write put compose issue place reserve duplicate clone kick',
  append: 'append',
  log: 'log track record capture document note',
  update:
    'update edit set modify change mark complete close assign reassign label tag star flag rename reschedule adjust enrich keep refresh resolve merge unassign prioritize prioritise approve mute accept decline',
  upsert: 'sync synchronise synchronize mirror upsert',
  delete: 'delete remove trash archive clear cancel clean purge erase',
  upload: 'upload save back backup store attach export',
  move: 'move',
  read: 'read list get search find query fetch lookup look pull check retrieve collect gather monitor watch compile scan poll download count import load crawl scrape ingest',
  summarize: 'summarize summarise recap analyze analyse classify categorize categorise extract parse translate score triage prepare',
  transfer: 'transfer copy push go goes replicate stream pipe route migrate',
  show: 'show display view see embed visualize visualise browse',
  connect:
    'connect link use integrate want need allow let enable authorize authorise help give ask require build automate set-up setup configure manage',
  press: 'press click tap hit',
  process:
    'process turn convert receive validate verify filter wait trigger run rename activate transform format handle review detect identify fill sign join subscribe enroll expire fail arrive evaluate qualify calculate compute compare',
}

/** Also everyday nouns: a verb only where a verb can stand. */
const alsoNouns = new Set(
  'post message dm alert email e-mail mail reply text share book block draft file issue place plan start log track record document note update change mark label tag star flag set backup store export list search query check count look watch view link use need want request report score run transfer copy sync move import load download recap process filter display store invite schedule open push stream kick review slack trigger help clone present route form put turn press hit tap click build lookup poll scan document merge'.split(
    ' ',
  ),
)

const irregular: Readonly<Record<string, readonly [base: string, form: VerbForm]>> = {
  sent: ['send', 'past'],
  made: ['make', 'past'],
  put: ['put', 'base'],
  got: ['get', 'past'],
  found: ['find', 'past'],
  written: ['write', 'past'],
  kept: ['keep', 'past'],
  told: ['tell', 'past'],
  went: ['go', 'past'],
  goes: ['go', 'third'],
  read: ['read', 'base'],
  set: ['set', 'base'],
  dms: ['dm', 'third'],
  setting: ['set', 'gerund'],
  getting: ['get', 'gerund'],
  putting: ['put', 'gerund'],
  running: ['run', 'gerund'],
  synced: ['sync', 'past'],
  tagging: ['tag', 'gerund'],
  logging: ['log', 'gerund'],
  tagged: ['tag', 'past'],
  logged: ['log', 'past'],
  flagged: ['flag', 'past'],
  submitted: ['submit', 'past'],
  submitting: ['submit', 'gerund'],
  cancelled: ['cancel', 'past'],
  cancelling: ['cancel', 'gerund'],
}

/** Names of doing: “Event creation in Google Calendar” asks for the same as “create events”. */
const actionNouns = dictionary({
  creation: 'create',
  notification: 'notify',
  notifications: 'notify',
  alerts: 'alert',
  alert: 'alert',
  reminder: 'remind',
  reminders: 'remind',
  digest: 'send',
  backup: 'backup',
  backups: 'backup',
  sync: 'sync',
  synchronization: 'sync',
  synchronisation: 'sync',
  upload: 'upload',
  uploads: 'upload',
  message: 'send',
  messages: 'send',
  summary: 'send',
  summaries: 'send',
  updates: 'send',
  report: 'send',
  export: 'export',
  import: 'import',
  logging: 'log',
  tracking: 'log',
})

export type Verb = { base: string; class: VerbClass; form: VerbForm; noun: boolean }

function inflections(base: string): ReadonlyArray<readonly [string, VerbForm]> {
  const soft = base.endsWith('e') ? base.slice(0, -1) : base
  const third = /(s|x|z|ch|sh)$/.test(base) ? `${base}es` : /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ies` : `${base}s`
  const past = /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ied` : `${soft}ed`
  return [
    [base, 'base'],
    [third, 'third'],
    [`${soft}ing`, 'gerund'],
    [past, 'past'],
  ]
}

const classOf = new Map<string, VerbClass>()
const verbs = new Map<string, Verb>()
for (const [name, words] of Object.entries(bases) as [VerbClass, string][]) {
  for (const base of words.split(' ')) {
    classOf.set(base, name)
    for (const [word, form] of inflections(base)) {
      if (!verbs.has(word)) verbs.set(word, { base, class: name, form, noun: alsoNouns.has(base) && form !== 'past' && form !== 'gerund' })
    }
  }
}
for (const [word, [base, form]] of Object.entries(irregular)) {
  const name = classOf.get(base)
  if (name) verbs.set(word, { base, class: name, form, noun: alsoNouns.has(base) })
}

/** The verb a lower-case word can be, in any of its forms. */
export const verbOf = (word: string): Verb | null => verbs.get(word) ?? null

/** The verb a noun of doing stands for. */
export function verbOfNoun(word: string): Verb | null {
  const base = actionNouns.get(word)
  const name = base && classOf.get(base)
  return base && name ? { base, class: name, form: 'base', noun: true } : null
}

const writing: ReadonlySet<VerbClass> = new Set([
  'send',
  'create',
  'append',
  'log',
  'update',
  'upsert',
  'delete',
  'upload',
  'move',
  'transfer',
])
export const writes = (name: VerbClass): boolean => writing.has(name)
