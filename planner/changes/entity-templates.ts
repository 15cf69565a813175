import type { Field } from '../../core/app/entity.ts'

type Template = { nouns: readonly string[]; fields: Readonly<Record<string, Field>>; required: readonly string[] }

const text = (title: string, description?: string): Field => ({ type: 'string', title, ...(description && { description }) })
const long = (title: string): Field => ({ type: 'string', title, format: 'textarea' })
const date = (title: string): Field => ({ type: 'string', title, format: 'date' })
const moment = (title: string): Field => ({ type: 'string', title, format: 'date-time' })
const email = (title = 'Email'): Field => ({ type: 'string', title, format: 'email' })
const amount = (title: string): Field => ({ type: 'number', title })
const choice = (title: string, values: string[], fallback = values[0] ?? ''): Field => ({
  type: 'string',
  title,
  enum: values,
  default: fallback,
})

/** Fields that people expect of common data. The first that names the noun is used; the last fits everything. */
export const entityTemplates: readonly Template[] = [
  {
    nouns: ['ticket', 'issue', 'bug', 'request', 'incident', 'case', 'complaint', 'inquiry', 'question'],
    fields: {
      title: text('Title'),
      description: long('Description'),
      status: choice('Status', ['open', 'in progress', 'closed']),
      priority: choice('Priority', ['low', 'normal', 'high', 'urgent'], 'normal'),
      requester_email: email('Requester'),
    },
    required: ['title'],
  },
  {
    nouns: ['task', 'todo', 'reminder', 'chore', 'assignment'],
    fields: {
      title: text('Title'),
      notes: long('Notes'),
      status: choice('Status', ['open', 'done']),
      priority: choice('Priority', ['low', 'normal', 'high', 'urgent'], 'normal'),
      due_date: date('Due'),
    },
    required: ['title'],
  },
  {
    nouns: ['order', 'sale', 'purchase', 'transaction'],
    fields: {
      number: text('Number'),
      customer_name: text('Customer'),
      customer_email: email('Customer email'),
      total: amount('Total'),
      status: choice('Status', ['placed', 'paid', 'shipped', 'cancelled']),
      ordered_on: date('Ordered on'),
    },
    required: ['customer_name'],
  },
  {
    nouns: ['deal', 'opportunity'],
    fields: {
      name: text('Name'),
      company: text('Company'),
      value: amount('Value'),
      status: choice('Stage', ['new', 'proposal', 'closed won', 'closed lost']),
      close_date: date('Close date'),
    },
    required: ['name'],
  },
  {
    nouns: [
      'customer',
      'client',
      'lead',
      'contact',
      'user',
      'member',
      'signup',
      'subscriber',
      'candidate',
      'applicant',
      'employee',
      'patient',
      'student',
      'participant',
      'person',
      'guest',
      'vendor',
      'supplier',
    ],
    fields: {
      name: text('Name'),
      email: email(),
      phone: text('Phone'),
      company: text('Company'),
      status: choice('Status', ['new', 'active', 'closed']),
      notes: long('Notes'),
    },
    required: ['name'],
  },
  {
    nouns: ['booking', 'appointment', 'meeting', 'event', 'reservation', 'session', 'shift', 'interview', 'visit'],
    fields: {
      title: text('Title'),
      starts_at: moment('Starts'),
      ends_at: moment('Ends'),
      guest_email: email('Guest'),
      status: choice('Status', ['requested', 'confirmed', 'cancelled']),
      notes: long('Notes'),
    },
    required: ['title', 'starts_at'],
  },
  {
    nouns: ['invoice', 'payment', 'expense', 'receipt', 'bill', 'refund', 'quote'],
    fields: {
      number: text('Number'),
      customer_name: text('Customer'),
      customer_email: email('Customer email'),
      amount: amount('Amount'),
      status: choice('Status', ['open', 'paid', 'overdue']),
      due_date: date('Due'),
    },
    required: ['amount'],
  },
  {
    nouns: ['product', 'stock', 'inventory', 'part', 'asset'],
    fields: {
      name: text('Name'),
      sku: text('SKU'),
      price: amount('Price'),
      quantity: { type: 'integer', title: 'Quantity', default: 0 },
      status: choice('Status', ['active', 'sold out', 'retired']),
    },
    required: ['name'],
  },
  {
    nouns: ['document', 'report', 'post', 'article', 'page', 'note', 'file', 'contract', 'proposal', 'announcement'],
    fields: {
      title: text('Title'),
      body: long('Text'),
      status: choice('Status', ['draft', 'approved', 'published']),
      author: text('Author'),
    },
    required: ['title'],
  },
  {
    nouns: ['submission', 'feedback', 'review', 'response', 'survey', 'application', 'comment', 'message'],
    fields: {
      name: text('Name'),
      email: email(),
      message: long('Message'),
      rating: { type: 'integer', title: 'Rating' },
      status: choice('Status', ['new', 'read', 'done']),
    },
    required: ['name'],
  },
  {
    nouns: ['book', 'reading', 'movie', 'film', 'recipe', 'habit', 'workout', 'goal'],
    fields: {
      title: text('Title'),
      notes: long('Notes'),
      rating: { type: 'integer', title: 'Rating' },
      status: choice('Status', ['planned', 'in progress', 'done']),
      finished_on: date('Finished on'),
    },
    required: ['title'],
  },
  {
    nouns: [],
    fields: { name: text('Name'), description: long('Description'), status: choice('Status', ['open', 'closed']) },
    required: ['name'],
  },
]
