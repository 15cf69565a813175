import { z } from 'zod'
import type { InternalApi } from '../api.ts'
import type { Emulated } from '../emulated.ts'
import { practiceClients } from '../oauth-clients.ts'
import { emailOf, jonas, minutesAgo, robin, team, type Person } from './team.ts'

const login = ({ name }: Person) => `${name}-northwind`
const client = practiceClients.github
const helpdesk = `${login(robin)}/helpdesk`

export const githubSeed = {
  users: team.map(person => ({ login: login(person), name: person.realName, email: emailOf(person), company: 'Northwind' })),
  repos: [
    {
      owner: login(robin),
      name: 'helpdesk',
      description: 'The help desk that our customers write to',
      language: 'TypeScript',
      topics: ['support'],
      auto_init: true,
    },
    { owner: login(robin), name: 'handbook', description: 'How we work', private: true, auto_init: true },
  ],
  oauth_apps: [{ client_id: client.clientId, client_secret: client.clientSecret, name: 'Plugboard', redirect_uris: [] as string[] }],
}

const labels = [
  ['bug', 'd73a4a'],
  ['question', 'd876e3'],
  ['enhancement', 'a2eeef'],
] as const

const issues: readonly (readonly [minutes: number, title: string, body: string, label: string, closed: boolean])[] = [
  [4000, 'Export times out above 500 rows', 'Reported by Acme. Steps: Invoices → Export → All.', 'bug', true],
  [1800, 'Let customers save more than one shipping address', 'Asked for by Fabrikam and two others.', 'enhancement', false],
  [900, 'Reply button hidden on small phones', 'Seen at 360 px wide.', 'bug', false],
  [200, 'Which browsers do we support?', 'Customers ask. Let us write it down.', 'question', false],
]

const created = z.looseObject({ number: z.number(), id: z.number() })

/** Opens the issues through the API, as their authors, and moves them to when they were opened. */
export async function fillGitHub({ store }: Emulated, api: InternalApi): Promise<void> {
  const users = store.collection('github.users')
  const as = (person: Person) => ({ login: login(person), id: users.findOneBy('login', login(person))?.id ?? 0, scopes: ['repo'] })
  for (const [name, color] of labels) await api.call(as(robin), `/repos/${helpdesk}/labels`, z.unknown(), { name, color })
  const rows = store.collection('github.issues')
  for (const [minutes, title, body, label, closed] of issues) {
    const { number } = await api.call(as(robin), `/repos/${helpdesk}/issues`, created, { title, body, labels: [label] })
    const row = rows.findBy('number', number).at(-1)
    const at = minutesAgo(minutes).toISOString()
    if (row) rows.update(row.id, { created_at: at, ...(closed && { state: 'closed', state_reason: 'completed', closed_at: at }) })
  }
  const repo = store.collection('github.repos').findOneBy('full_name', helpdesk)
  const open = issues.filter(issue => !issue[4]).length
  if (repo) store.collection('github.repos').update(repo.id, { open_issues_count: open })
  await api.call(as(robin), `/repos/${helpdesk}/issues/3/comments`, z.unknown(), { body: `@${login(jonas)} can you take a look?` })
}
