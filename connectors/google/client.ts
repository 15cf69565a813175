import type { Call } from '../../core/connector.ts'
import { sensibleAnswers } from '../sensible-answers.ts'

const isFile = (address: string) => /[?&]alt=media\b|\/export\?/.test(address)

/** What every Google client here is made with. It holds no token: `call.fetch` adds it. Repeating is left to the gateway. */
const through = (call: Call) => ({
  fetchImplementation: sensibleAnswers(call.fetch, 'Google', { isFile, isAnswer: answer => !Array.isArray(answer) }),
  retry: false,
  signal: call.signal,
})

export async function gmail(call: Call) {
  const sdk = await import('@googleapis/gmail')
  return sdk.gmail({ version: 'v1', ...through(call) })
}

export async function calendar(call: Call) {
  const sdk = await import('@googleapis/calendar')
  return sdk.calendar({ version: 'v3', ...through(call) })
}

export async function drive(call: Call) {
  const sdk = await import('@googleapis/drive')
  return sdk.drive({ version: 'v3', ...through(call) })
}

export async function sheets(call: Call) {
  const sdk = await import('@googleapis/sheets')
  return sdk.sheets({ version: 'v4', ...through(call) })
}

export type GmailClient = Awaited<ReturnType<typeof gmail>>
export type SheetsClient = Awaited<ReturnType<typeof sheets>>
