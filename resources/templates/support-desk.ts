/** The sample app: tickets from customers, posted to Slack and summed up by mail each morning. Works with practice accounts. */
export function supportDesk(name: string): Record<string, string> {
  return {
    'config.jsonc': config(name),
    'README.md': readme(name),
    'entities/Customer.jsonc': customer,
    'entities/Ticket.jsonc': ticket,
    'functions/postNewTicketToSlack/entry.ts': postNewTicketToSlack,
    'functions/emailOpenTickets/entry.ts': emailOpenTickets,
    'workflows/new-ticket-to-slack.jsonc': newTicketToSlack,
    'workflows/open-tickets-by-email.jsonc': openTicketsByEmail,
    'connectors/slackbot.jsonc': slackbot,
    'connectors/gmail.jsonc': gmail,
  }
}

const config = (name: string) => `{
  "name": ${JSON.stringify(name)},
  "description": "Tickets from customers, posted to Slack and summed up by mail each morning.",
  "x-plugboard": { "sample": true }
}
`

const readme = (name: string) => `# ${name}

A small help desk, to look at and to take apart.

- **Customers** and **tickets** are tables: see \`entities/\`.
- When a ticket is created, \`functions/postNewTicketToSlack\` posts it to the #support channel.
- Every weekday at 9:00, \`functions/emailOpenTickets\` mails you the tickets that are open.

Try it: connect Slack and Gmail with practice accounts (no internet needed), add a ticket under Data, and open practice Slack.
`

const customer = `{
  "name": "Customer",
  "type": "object",
  "properties": {
    "name": { "type": "string", "title": "Name" },
    "email": { "type": "string", "title": "Email", "format": "email" },
    "company": { "type": "string", "title": "Company" }
  },
  "required": ["name"]
}
`

const ticket = `{
  "name": "Ticket",
  "type": "object",
  "properties": {
    "title": { "type": "string", "title": "Title" },
    "description": { "type": "string", "title": "Description" },
    // The id of a Customer.
    "customer_id": { "type": "string", "title": "Customer" },
    "status": { "type": "string", "title": "Status", "enum": ["open", "waiting", "solved"], "default": "open" },
    "priority": { "type": "string", "title": "Priority", "enum": ["low", "normal", "high"], "default": "normal" },
    "due": { "type": "string", "title": "Due", "format": "date" }
  },
  "required": ["title"]
}
`

const postNewTicketToSlack = `import { connectors, entities } from 'plugboard'
import type { Ticket } from 'plugboard'

/** Posts each new ticket to the Slack #support channel. */
export default async function postNewTicketToSlack({ ticket }: { ticket: Ticket }) {
  const customer = ticket.customer_id ? await entities.Customer.get(ticket.customer_id) : null
  const from = customer ? \` from \${customer.name}\` : ''
  await connectors.slackbot.postMessage({ channel: '#support', text: \`New ticket\${from}: \${ticket.title}\` })
}
`

const emailOpenTickets = `import { connectors, entities } from 'plugboard'

/** Mails the builder the tickets that are open, the oldest first. */
export default async function emailOpenTickets() {
  const tickets = await entities.Ticket.list({ q: { status: 'open' }, sort: 'created_date' })
  const lines = tickets.map(ticket => \`- \${ticket.title} (\${ticket.priority})\`)
  await connectors.gmail.sendEmail({
    to: 'me',
    subject: \`\${tickets.length} open tickets\`,
    text: lines.length > 0 ? lines.join('\\n') : 'Nothing is open. Have a good day!',
  })
}
`

const newTicketToSlack = `{
  "name": "New ticket to Slack",
  "description": "Posts each new ticket to the #support channel.",
  "is_active": true,
  "trigger": {
    "config": { "trigger_type": "entity", "entity_name": "Ticket", "events": ["create"] }
  },
  "definition": {
    "document": { "dsl": "1.0.0", "namespace": "app", "name": "new-ticket-to-slack", "version": "1.0.0" },
    "do": [
      {
        "postToSlack": {
          "call": "invoke_backend_function",
          "with": { "function_name": "postNewTicketToSlack", "args": { "ticket": "\${ .trigger.data }" } },
          "x-plugboard": { "title": "Post the ticket to #support" }
        }
      }
    ]
  }
}
`

const openTicketsByEmail = `{
  "name": "Open tickets by email",
  "description": "Mails you the open tickets every weekday at 9:00.",
  "is_active": true,
  "trigger": {
    "config": { "trigger_type": "scheduled", "schedule_mode": "recurring", "cron_expression": "0 9 * * 1-5", "timezone": "${Intl.DateTimeFormat().resolvedOptions().timeZone}" }
  },
  "definition": {
    "document": { "dsl": "1.0.0", "namespace": "app", "name": "open-tickets-by-email", "version": "1.0.0" },
    "do": [
      {
        "sendEmail": {
          "call": "invoke_backend_function",
          "with": { "function_name": "emailOpenTickets" },
          "x-plugboard": { "title": "Mail the open tickets" }
        }
      }
    ]
  }
}
`

const slackbot = `{
  "type": "slackbot",
  "scopes": ["chat:write"],
  "mode": "shared"
}
`

const gmail = `{
  "type": "gmail",
  "scopes": ["openid", "email", "https://www.googleapis.com/auth/gmail.send"],
  "mode": "shared"
}
`
