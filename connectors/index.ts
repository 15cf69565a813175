import type { Connector } from '../core/connector.ts'
import github from './github/github.ts'
import googlecalendar from './google/calendar.ts'
import googledrive from './google/drive.ts'
import gmail from './google/gmail.ts'
import googlesheets from './google/sheets.ts'
import slackbot from './slack/bot.ts'
import slack from './slack/user.ts'

/** Every connector by its id, in the order of the catalogue. No SDK is loaded until an action runs. */
export const connectors: Readonly<Record<string, Connector>> = {
  slackbot,
  slack,
  gmail,
  googlecalendar,
  googledrive,
  googlesheets,
  github,
}
