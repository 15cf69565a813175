import type { Provider } from '../../core/provider.ts'
import { airtable } from './airtable.ts'
import { asana } from './asana.ts'
import { atlassian } from './atlassian.ts'
import { box } from './box.ts'
import { calendly } from './calendly.ts'
import { clickup } from './clickup.ts'
import { discord } from './discord.ts'
import { dropbox } from './dropbox.ts'
import { figma } from './figma.ts'
import { github, githubApp } from './github.ts'
import { gitlab } from './gitlab.ts'
import { google } from './google.ts'
import { hubspot } from './hubspot.ts'
import { intercom } from './intercom.ts'
import { linear } from './linear.ts'
import { linkedin } from './linkedin.ts'
import { mailchimp } from './mailchimp.ts'
import { microsoft } from './microsoft.ts'
import { monday } from './monday.ts'
import { notion } from './notion.ts'
import { salesforce } from './salesforce.ts'
import { shopify } from './shopify.ts'
import { slackBot, slackUser } from './slack.ts'
import { stripe } from './stripe.ts'
import { tiktok } from './tiktok.ts'
import { todoist } from './todoist.ts'
import { trello } from './trello.ts'
import { typeform } from './typeform.ts'
import { webflow } from './webflow.ts'
import { wrike } from './wrike.ts'
import { zendesk } from './zendesk.ts'
import { zoom } from './zoom.ts'

const all: readonly Provider[] = [
  google,
  microsoft,
  slackBot,
  slackUser,
  discord,
  github,
  githubApp,
  gitlab,
  notion,
  clickup,
  wrike,
  box,
  dropbox,
  salesforce,
  hubspot,
  linkedin,
  tiktok,
  airtable,
  asana,
  linear,
  atlassian,
  trello,
  zoom,
  calendly,
  typeform,
  mailchimp,
  stripe,
  shopify,
  figma,
  monday,
  todoist,
  webflow,
  zendesk,
  intercom,
]

/** Every OAuth provider by its id. */
export const providers: Readonly<Record<string, Provider>> = Object.fromEntries(all.map(provider => [provider.id, provider]))
