import type { Page } from '@playwright/test'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Frame = { i: string; t?: number; p?: { u?: string; s?: number; b?: { json?: Json }; d?: { json?: Json } } }

/**
 * Changes what main answers on its way to the page, by procedure (`/connectors/list`): for states that no account here can be brought to,
 * such as sixty tools, or for answers that come late, when a change is a promise. Only the browser shell's line can be reached; call it
 * before the page connects, then reload. `asked` are the procedures that the page has called since.
 */
export async function changeAnswers(page: Page, changes: Record<string, (answer: never) => unknown>): Promise<{ asked: string[] }> {
  const asked: string[] = []
  await page.routeWebSocket(/\/rpc$/, line => {
    const procedures = new Map<string, string>()
    const server = line.connectToServer()
    line.onMessage(message => {
      const { i, p } = read(message)
      if (p?.u) {
        procedures.set(i, p.u)
        asked.push(p.u)
      }
      server.send(message)
    })
    server.onMessage(async message => {
      const frame = read(message)
      const change = changes[procedures.get(frame.i) ?? '']
      const answer = frame.p?.b ?? frame.p?.d
      if (change && frame.p && answer?.json !== undefined) {
        // A refusal is answered as well: its status goes.
        delete frame.p.s
        answer.json = (await change(answer.json as never)) as Json
      }
      line.send(change ? JSON.stringify(frame) : message)
    })
  })
  return { asked }
}

const read = (message: string | Buffer): Frame => JSON.parse(String(message)) as Frame
