import { drive } from '@googleapis/drive'
import { gmail } from '@googleapis/gmail'
import { sheets } from '@googleapis/sheets'
import { WebClient } from '@slack/web-api'
import slackbot from '../connectors/slack/bot.ts'
import googleMail from '../connectors/google/gmail.ts'
import googleSheets from '../connectors/google/sheets.ts'
import type { Connector } from '../core/connector.ts'
import { grantFor } from '../practice/practice.fixture.ts'
import { practiceClients } from '../practice/oauth-clients.ts'
import type { Practice } from '../practice/practice.ts'

// What is in the practice accounts, read through the services' own clients: nothing of Plugboard's gateway or connectors is in between.

/** A token from a sign-in of its own, with all scopes of the connector. */
async function tokenFor(origin: string, connector: Connector, client: { clientId: string; clientSecret: string }): Promise<string> {
  const { authorizationPath = '', tokenPath = '' } = connector.provider.practice ?? {}
  const practice: Pick<Practice, 'endpoints'> = {
    endpoints: async () => ({
      authorizationEndpoint: origin + authorizationPath,
      tokenEndpoint: origin + tokenPath,
      ...client,
      origins: {},
    }),
  }
  const grant = await grantFor(practice as Practice, 'app', connector, Object.keys(connector.scopes))
  return grant.access_token
}

export async function openSlack(origin: string): Promise<WebClient> {
  return new WebClient(await tokenFor(origin, slackbot, practiceClients.slackbot), { slackApiUrl: `${origin}/api/` })
}

/** The messages of a channel, newest first. */
export async function messagesIn(slack: WebClient, channelName: string): Promise<string[]> {
  const { channels } = await slack.conversations.list()
  const channel = channels?.find(({ name }) => name === channelName)?.id ?? ''
  const { messages } = await slack.conversations.history({ channel, limit: 200 })
  return (messages ?? []).map(({ text }) => text ?? '')
}

/** Robin's inbox. */
export async function openInbox(origin: string): Promise<{ subjects(): Promise<string[]> }> {
  const { messages } = gmail({ version: 'v1', ...(await asRobin(origin, googleMail)) }).users
  return {
    async subjects() {
      const { data } = await messages.list({ userId: 'me', labelIds: ['INBOX'], maxResults: 200 })
      const mails = await Promise.all((data.messages ?? []).map(({ id }) => messages.get({ userId: 'me', id: id ?? '' })))
      return mails.map(mail => mail.data.payload?.headers?.find(({ name }) => name?.toLowerCase() === 'subject')?.value ?? '')
    },
  }
}

/** The rows of the first sheet of one of Robin's spreadsheets; none while there is no spreadsheet of this name. */
export async function openSpreadsheet(origin: string, name: string): Promise<{ rows(): Promise<unknown[][]> }> {
  const access = await asRobin(origin, googleSheets)
  return {
    async rows() {
      const found = await drive({ version: 'v3', ...access }).files.list({ q: `name = '${name}'`, fields: 'files(id)' })
      const spreadsheetId = found.data.files?.[0]?.id
      if (!spreadsheetId) return []
      const { data } = await sheets({ version: 'v4', ...access }).spreadsheets.values.get({ spreadsheetId, range: 'A1:Z' })
      return data.values ?? []
    },
  }
}

const asRobin = async (origin: string, connector: Connector) => ({
  rootUrl: `${origin}/`,
  headers: { authorization: `Bearer ${await tokenFor(origin, connector, practiceClients.google)}` },
})
