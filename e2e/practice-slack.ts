import { WebClient } from '@slack/web-api'
import slackbot from '../connectors/slack/bot.ts'
import { grantFor } from '../main/practice/practice.fixture.ts'
import { practiceClients } from '../main/practice/oauth-clients.ts'
import type { Practice } from '../main/practice/practice.ts'

/** Slack's own client against the practice workspace at this origin, with a token from a sign-in of its own. */
export async function openSlack(origin: string): Promise<WebClient> {
  const { authorizationPath = '', tokenPath = '' } = slackbot.provider.practice ?? {}
  const practice: Pick<Practice, 'endpoints'> = {
    endpoints: async () => ({
      authorizationEndpoint: origin + authorizationPath,
      tokenEndpoint: origin + tokenPath,
      clientId: practiceClients.slackbot.clientId,
      clientSecret: practiceClients.slackbot.clientSecret,
      origins: {},
    }),
  }
  const { access_token: token } = await grantFor(practice as Practice, 'app', slackbot, Object.keys(slackbot.scopes))
  return new WebClient(token, { slackApiUrl: `${origin}/api/` })
}

/** The newest messages of a channel, newest first. */
export async function messagesIn(slack: WebClient, channelName: string): Promise<string[]> {
  const { channels } = await slack.conversations.list()
  const channel = channels?.find(({ name }) => name === channelName)?.id ?? ''
  const { messages } = await slack.conversations.history({ channel })
  return (messages ?? []).map(({ text }) => text ?? '')
}
