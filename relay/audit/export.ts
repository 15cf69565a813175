import type { AuditLine } from './audit.ts'
import { csvRows } from './csv.ts'

/** A line as files have it. `actor`: the name of the member, or the e-mail of the app's user. Null: whoever it was had not signed in. */
export type ExportedLine = {
  id: number
  at: string
  actorId: string | null
  actor: string | null
  action: string
  subject: string
  detail: string | null
  app: string | null
  ip: string | null
}

type Pages = AsyncIterable<readonly AuditLine[]>
type NameOf = (line: AuditLine) => string | null

const columns = [
  'id',
  'at',
  'actorId',
  'actor',
  'action',
  'subject',
  'detail',
  'app',
  'ip',
] as const satisfies readonly (keyof ExportedLine)[]

function toExported(line: AuditLine, nameOf: NameOf): ExportedLine {
  const { id, at, actor, action, subject, detail = null, appId = null, ip = null } = line
  return { id, at: new Date(at).toISOString(), actorId: actor, actor: nameOf(line), action, subject, detail, app: appId, ip }
}

/** A file of the log, page by page: however long it is, it is never whole in memory. */
export const exportAs = {
  async *csv(pages: Pages, nameOf: NameOf): AsyncGenerator<string> {
    yield csvRows([columns])
    for await (const lines of pages)
      yield csvRows(lines.map(line => toExported(line, nameOf)).map(exported => columns.map(name => exported[name])))
  },

  async *json(pages: Pages, nameOf: NameOf): AsyncGenerator<string> {
    let between = '['
    for await (const lines of pages)
      for (const line of lines) {
        yield `${between}\n${JSON.stringify(toExported(line, nameOf))}`
        between = ','
      }
    yield between === '[' ? '[]\n' : '\n]\n'
  },
}
