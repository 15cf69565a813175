import type { Emulated } from '../emulated.ts'
import { seededFile } from '../gaps/google.ts'
import { addSpreadsheet } from '../gaps/sheets.ts'
import { practiceClients } from '../oauth-clients.ts'
import { dayAt, emailOf, jonas, mailboxOf, mia, minutesAgo, priya, robin } from './team.ts'

const me = emailOf(robin)
const client = practiceClients.google

const mails: readonly (readonly [id: string, from: string, minutes: number, labels: string[], subject: string, text: string])[] = [
  [
    'todo-rota',
    mailboxOf(mia),
    35,
    ['INBOX', 'UNREAD'],
    'To do: rota for next week',
    'Hi Robin,\n\ncould you fill in the support rota for next week by Thursday? Priya is away on Monday.\n\nThanks\nMia',
  ],
  [
    'todo-acme',
    'Dana Cole <dana@acme.example>',
    80,
    ['INBOX', 'UNREAD', 'IMPORTANT'],
    'To do: refund for order 10398',
    'Hello,\n\nthe second lamp arrived broken. Please refund it, or send another one. Photos are in the ticket.\n\nDana Cole, Acme',
  ],
  [
    'todo-contract',
    mailboxOf(jonas),
    170,
    ['INBOX', 'UNREAD'],
    'To do: sign the hosting contract',
    'The contract is in Drive under “Contracts”. It has to be signed by the end of the month.\n\nJonas',
  ],
  [
    'fabrikam',
    'Lee Park <lee@fabrikam.example>',
    260,
    ['INBOX', 'UNREAD'],
    'Two shipping addresses?',
    'Hi, can we have two shipping addresses in our account? We opened a second shop.\n\nLee',
  ],
  ['thanks', 'Sam Ortiz <sam@contoso.example>', 1500, ['INBOX'], 'Thank you', 'Export works again, and faster than before. Great support!'],
  [
    'release',
    mailboxOf(jonas),
    1700,
    ['INBOX'],
    'Release notes 4.2',
    'Background exports, saved filters, and nine fixes. Details are in the wiki.',
  ],
  ['weekly', mailboxOf(priya), 4300, ['INBOX'], 'Numbers of last week', '48 tickets, 41 solved on the same day, 2 escalated.'],
]

export const googleSeed = {
  users: [
    { email: me, name: robin.realName },
    { email: emailOf(mia), name: mia.realName },
  ],
  oauth_clients: [{ client_id: client.clientId, client_secret: client.clientSecret, name: 'Plugboard', redirect_uris: [] as string[] }],
  calendars: [
    { id: me, user_email: me, summary: 'Robin Meyer', primary: true, selected: true, time_zone: 'UTC' },
    { id: 'team@group.calendar.northwind.example', user_email: me, summary: 'Support team', selected: true, time_zone: 'UTC' },
  ],
}

/** What changes with the day it is made on: mail, events, files. */
export const datedGoogleSeed = () => ({
  ...googleSeed,
  messages: [
    ...mails.map(([id, from, minutes, label_ids, subject, body_text]) => ({
      id: `msg-${id}`,
      thread_id: `thr-${id}`,
      user_email: me,
      from,
      to: mailboxOf(robin),
      subject,
      body_text,
      label_ids,
      date: minutesAgo(minutes).toISOString(),
    })),
    {
      id: 'msg-welcome-mia',
      thread_id: 'thr-welcome-mia',
      user_email: emailOf(mia),
      from: mailboxOf(robin),
      to: mailboxOf(mia),
      subject: 'Welcome to the team',
      body_text: 'Good to have you here!',
      label_ids: ['INBOX'],
      date: minutesAgo(9000).toISOString(),
    },
  ],
  calendar_events: [
    event('standup', 0, 9, 'Stand-up', [mia, jonas, priya].map(emailOf)),
    event('standup-2', 1, 9, 'Stand-up', [mia, jonas, priya].map(emailOf)),
    event('acme', 1, 14, 'Call with Acme', ['dana@acme.example']),
    event('review', 2, 15, 'Ticket review', [emailOf(priya)]),
    event('planning', 5, 10, 'Planning', [mia, jonas, priya].map(emailOf)),
  ],
  drive_items: [
    {
      id: `${seededFile}-contracts`,
      user_email: me,
      name: 'Contracts',
      mime_type: 'application/vnd.google-apps.folder',
      parent_ids: ['root'],
    },
    {
      id: `${seededFile}-hosting`,
      user_email: me,
      name: 'Hosting contract.txt',
      mime_type: 'text/plain',
      parent_ids: [`${seededFile}-contracts`],
      data: 'Hosting contract between Northwind and Litware.\nTerm: 24 months. Notice: 3 months.\n',
    },
    {
      id: `${seededFile}-answers`,
      user_email: me,
      name: 'Answers we often give.md',
      mime_type: 'text/markdown',
      parent_ids: ['root'],
      data: '# Answers we often give\n\n- Refunds take three working days.\n- Exports above 500 rows arrive by mail.\n',
    },
  ],
})

function event(id: string, day: number, hour: number, summary: string, guests: string[]) {
  return {
    id: `evt-${id}`,
    user_email: me,
    calendar_id: me,
    summary,
    start_date_time: dayAt(day, hour),
    end_date_time: dayAt(day, hour, 30),
    attendees: guests.map(email => ({ email })),
  }
}

export function fillGoogle({ store }: Emulated): void {
  const rows = [
    ['Name', 'Email', 'Plan', 'Since'],
    ['Acme', 'dana@acme.example', 'Business', '2024-03-11'],
    ['Contoso', 'sam@contoso.example', 'Starter', '2025-01-20'],
    ['Fabrikam', 'lee@fabrikam.example', 'Business', '2025-06-02'],
  ]
  addSpreadsheet(store, { id: `${seededFile}-spreadsheet-customers-0001`, owner: me, sheets: [{ title: 'Sheet1', rows }] }, 'Customers')
}
