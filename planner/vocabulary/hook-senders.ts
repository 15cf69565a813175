import type { HookSource } from '../../core/app/flow.ts'
import type { Json } from '../../core/json.ts'
import { dictionary } from './dictionary.ts'

/** A value of a body: `name` is its variable and its label, `places` where it may stand, the likeliest first. */
export type HookFact = { name: string; places: readonly string[] }

/** Something a service tells by webhook. */
export type HookEvent = {
  id: string
  /** How people speak of it. */
  words: RegExp
  noun: string
  /** jq over the body: whether a request is about this. Who sets up the sender may have chosen more than is wanted. */
  when: string
  /** One line about it, with facts as `{name}`. Those have to be there. */
  headline: string
  facts: readonly HookFact[]
  example: Json
}

/** A service whose requests are signed in a way of its own. */
export type HookSender = {
  source: HookSource
  name: string
  /** Where its bodies have what the app's own data calls so, by the last word of a field's name. */
  fields: ReadonlyMap<string, readonly string[]>
  /** What names anything it tells about, when nothing better is there. */
  names: readonly string[]
  /** Amounts are counted in hundredths. */
  inCents: boolean
  /** The more special ones first. */
  events: readonly HookEvent[]
}

const ofStripe = (names: string): string[] => names.split(' ').map(name => `data.object.${name}`)
const money = ofStripe('amount_total amount_received amount_paid amount_refunded amount')
const customer = ofStripe('customer_details.name billing_details.name shipping.name customer_name name')
const mail = ofStripe('customer_details.email receipt_email billing_details.email customer_email email')
const stripeFacts: HookFact[] = [
  { name: 'customer', places: [...customer, ...mail, ...ofStripe('customer id')] },
  { name: 'reference', places: ofStripe('number description id') },
]
const stripe = (id: string, words: RegExp, noun: string, does: string, object: { [name: string]: Json }): HookEvent => ({
  id,
  words,
  noun,
  when: `.type == "${id}"`,
  headline: `${does}: {customer}, {reference}`,
  facts: stripeFacts,
  example: { id: 'evt_example', type: id, data: { object } },
})
const paid = { id: 'pi_example', amount: 4200, currency: 'eur', description: 'Order 1042', receipt_email: 'ada@example.com' }
const subscription = { id: 'sub_example', customer: 'cus_example', status: 'active', currency: 'eur' }

const repository = { name: 'repository', places: ['repository.full_name'] }
const example = { full_name: 'ada/engine' }
const github = (id: string, words: RegExp, noun: string, about: { part: string; action: string; does: string }): HookEvent => ({
  id,
  words,
  noun,
  when: `.${about.part} != null and .action == "${about.action}"`,
  headline: `${about.does} in {repository}: {title} {link}`,
  facts: [
    repository,
    { name: 'title', places: [`${about.part}.title`, `${about.part}.name`, `${about.part}.tag_name`, `${about.part}.body`] },
    { name: 'link', places: [`${about.part}.html_url`] },
  ],
  example: {
    action: about.action,
    repository: example,
    [about.part]: {
      title: 'The wheel turns the wrong way',
      body: 'Since today',
      html_url: 'https://github.com/ada/engine',
      user: { login: 'ada' },
    },
  },
})

const slack = (id: string, words: RegExp, noun: string, does: string, event: { [name: string]: Json }, also = ''): HookEvent => ({
  id,
  words,
  noun,
  when: `.event.type == "${id}"${also}`,
  headline: `${does} by {user}: {text}`,
  facts: [
    { name: 'user', places: ['event.user.name', 'event.user'] },
    { name: 'text', places: ['event.text', 'event.reaction', 'event.user.real_name', 'event.type'] },
  ],
  example: { type: 'event_callback', event_id: 'Ev_example', event: { type: id, ...event } },
})
const said = { user: 'U0ADA', text: 'The printer is on fire', channel: 'C0DESK' }

/** By the ids of their tools. docs.stripe.com/api/events/types, docs.github.com/webhooks, docs.slack.dev/reference/events */
export const hookSenders: ReadonlyMap<string, HookSender> = dictionary<HookSender>({
  stripe: {
    source: 'stripe',
    name: 'Stripe',
    fields: dictionary<readonly string[]>({
      name: customer,
      customer,
      email: mail,
      total: money,
      amount: money,
      value: money,
      price: money,
      number: ofStripe('number id'),
      description: ofStripe('description'),
      notes: ofStripe('description'),
      phone: ofStripe('customer_details.phone billing_details.phone phone'),
    }),
    names: [...customer, ...mail, ...ofStripe('description id'), 'id'],
    inCents: true,
    events: [
      stripe(
        'payment_intent.payment_failed',
        /\b(?:fail\w*|declin\w*) (?:\w+ )?payments?|payments? (?:\w+ )?(?:fail|declin)/i,
        'failed payment',
        'Payment failed',
        paid,
      ),
      stripe('charge.refunded', /\brefund/i, 'refund', 'Refunded', { ...paid, id: 'ch_example', amount_refunded: 4200 }),
      stripe('charge.dispute.created', /\b(?:dispute|chargeback)/i, 'dispute', 'Disputed', { ...paid, id: 'dp_example' }),
      stripe(
        'customer.subscription.deleted',
        /\b(?:cancel\w*|end\w*) subscriptions?|subscriptions? (?:\w+ )?(?:cancel|end|delet)|churn/i,
        'cancelled subscription',
        'Subscription cancelled',
        { ...subscription, status: 'canceled' },
      ),
      stripe('customer.subscription.created', /\bsubscri(?:ption|be)/i, 'subscription', 'New subscription', subscription),
      stripe('invoice.paid', /\binvoices?\b/i, 'paid invoice', 'Invoice paid', {
        id: 'in_example',
        number: 'A-0001',
        customer_name: 'Ada Lovelace',
        customer_email: 'ada@example.com',
        amount_paid: 4200,
        currency: 'eur',
      }),
      stripe('checkout.session.completed', /\b(?:checkout|orders?|purchases?|sales?)\b/i, 'checkout', 'Checkout completed', {
        id: 'cs_example',
        amount_total: 4200,
        currency: 'eur',
        customer_details: { name: 'Ada Lovelace', email: 'ada@example.com' },
      }),
      stripe('payment_intent.succeeded', /\b(?:payments?|paid|pays|charges?)\b/i, 'payment', 'Payment received', paid),
      stripe('customer.created', /\bcustomers?\b/i, 'customer', 'New customer', {
        id: 'cus_example',
        name: 'Ada Lovelace',
        email: 'ada@example.com',
      }),
    ],
  },
  github: {
    source: 'github',
    name: 'GitHub',
    fields: dictionary<readonly string[]>({
      title: ['issue.title', 'pull_request.title', 'release.name', 'head_commit.message'],
      name: ['issue.title', 'pull_request.title', 'release.name', 'head_commit.message'],
      description: ['issue.body', 'pull_request.body', 'release.body', 'comment.body', 'compare'],
      notes: ['issue.html_url', 'pull_request.html_url', 'release.html_url', 'compare'],
      body: ['issue.body', 'pull_request.body', 'release.body', 'comment.body'],
      author: ['sender.login', 'pusher.name'],
    }),
    names: ['repository.full_name'],
    inCents: false,
    events: [
      {
        id: 'push',
        words: /\b(?:push|pushes|pushed|commits?|committed)\b/i,
        noun: 'push',
        when: '.commits != null and .deleted != true',
        headline: 'Push to {repository} by {author}: {message}',
        facts: [
          repository,
          { name: 'author', places: ['pusher.name', 'sender.login'] },
          { name: 'message', places: ['head_commit.message', 'ref'] },
        ],
        example: {
          ref: 'refs/heads/main',
          repository: example,
          pusher: { name: 'ada' },
          commits: [{ message: 'Turn the wheel the other way' }],
          head_commit: { message: 'Turn the wheel the other way' },
          compare: 'https://github.com/ada/engine',
        },
      },
      github('pull_request', /\b(?:pull requests?|prs?|merge requests?)\b/i, 'pull request', {
        part: 'pull_request',
        action: 'opened',
        does: 'Pull request',
      }),
      github('issue_comment', /\bcomment/i, 'comment', { part: 'comment', action: 'created', does: 'Comment' }),
      github('issues', /\b(?:issues?|bugs?)\b/i, 'issue', { part: 'issue', action: 'opened', does: 'Issue' }),
      github('release', /\breleases?d?\b/i, 'release', { part: 'release', action: 'published', does: 'Release' }),
    ],
  },
  slack: {
    source: 'slack',
    name: 'Slack',
    fields: dictionary<readonly string[]>({
      title: ['event.text'],
      name: ['event.text', 'event.user'],
      description: ['event.text'],
      notes: ['event.text'],
      message: ['event.text'],
      author: ['event.user'],
    }),
    names: ['event.text', 'event.type'],
    inCents: false,
    events: [
      slack('app_mention', /\bmention/i, 'mention', 'Mentioned', said),
      slack('reaction_added', /\b(?:reaction|emoji|reacts?)\b/i, 'reaction', 'Reaction', { user: 'U0ADA', reaction: 'fire' }),
      slack('team_join', /\b(?:joins?|new members?|new users?)\b/i, 'new member', 'Joined', {
        user: { id: 'U0ADA', name: 'ada', real_name: 'Ada Lovelace' },
      }),
      // What an app posts itself would start it again.
      slack('message', /\bmessages?\b/i, 'message', 'Message', said, ' and .event.bot_id == null'),
    ],
  },
})
