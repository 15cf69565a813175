import { AppError } from '../core/errors.ts'
import type { Connector } from '../core/connector.ts'

type Module = { default: Connector }

/** Every connector by its id, in the order of the catalogue, with where its declaration is. This is the one list of them. */
export const declarations = {
  slackbot: () => import('./slack/bot.ts'),
  slack: () => import('./slack/user.ts'),
  gmail: () => import('./google/gmail.ts'),
  googlecalendar: () => import('./google/calendar.ts'),
  googledrive: () => import('./google/drive.ts'),
  googlesheets: () => import('./google/sheets.ts'),
  github: () => import('./github/github.ts'),
} satisfies Readonly<Record<string, () => Promise<Module>>>

const byId: Readonly<Record<string, () => Promise<Module>>> = declarations

export const noSuchConnector = (id: string) => new AppError('not_found', `There is no tool called “${id}”. Choose one under Integrations.`)

const loaded = new Map<string, Promise<Connector>>()

/** A connector with its code, loaded when it is first needed. Throws `not_found`. */
export function loadConnector(id: string): Promise<Connector> {
  const known = loaded.get(id)
  if (known) return known
  const load = Object.hasOwn(byId, id) ? byId[id] : undefined
  if (!load) return Promise.reject(noSuchConnector(id))
  const loading = load().then(module => module.default)
  loaded.set(id, loading)
  // A disk that could not be read may be readable the next time.
  loading.catch(() => loaded.delete(id))
  return loading
}
