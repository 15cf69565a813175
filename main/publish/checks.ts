import type { AppModel } from '../../core/app/model.ts'
import { usesOf } from '../../core/app/uses.ts'
import type { HeldAccount } from '../../core/contract/credentials.ts'
import type { ReleaseCheck } from '../../core/contract/publish.ts'
import { AppError } from '../../core/errors.ts'
import { maskSecrets } from '../../core/secrets.ts'
import { lackOf } from '../../host/flows/lack.ts'
import { ruleProblems } from '../../host/rules/rules.ts'
import type { Survey } from '../../host/functions/survey.ts'

export type Checked = { model: AppModel; survey: Survey; accounts: readonly HeldAccount[]; texts: ReadonlyMap<string, string> }

/** What speaks for and against publishing an app. Files that are broken keep from it; an account that is missing makes its flows wait. */
export function checkRelease({ model, survey, accounts, texts }: Checked): ReleaseCheck[] {
  const files = [...model.problems, ...ruleProblems(model)].map(({ path, line, message }) => fault(path, line, message))
  const functions = survey.problems.map(({ path, line, message }) => fault(path, line, message))
  const lacks = missingAccounts(model, accounts)
  const secrets = Array.from(texts).flatMap(([path, text]) => findSecret(path, text))
  return [
    ...(files.length ? files : [ok('All files can be read')]),
    ...(functions.length ? functions : [ok('Functions compile')]),
    ...(lacks.length ? lacks : [ok('All accounts and permissions are there')]),
    ...(secrets.length ? secrets : [ok('No secret in the files')]),
  ]
}

/** Throws the first thing that keeps an app from being published. */
export function demandPublishable(checks: readonly ReleaseCheck[]): void {
  const errors = checks.filter(({ state }) => state === 'error')
  const [first] = errors
  if (!first) return
  const more = errors.length > 1 ? ` There ${errors.length === 2 ? 'is 1 more' : `are ${errors.length - 1} more`}.` : ''
  throw new AppError('validation', `${first.text}: ${first.detail}${more} Put it right, then publish.`, {
    action: first.action,
    details: errors.map(({ text, detail }) => `${text}: ${detail}`).join('\n'),
  })
}

const ok = (text: string): ReleaseCheck => ({ state: 'ok', text, detail: '' })

const fault = (path: string, line: number | undefined, detail: string): ReleaseCheck => ({
  state: 'error',
  text: line === undefined ? path : `${path}, line ${line}`,
  detail,
  action: { kind: 'open', path, ...(line !== undefined && { line }) },
})

/** One line for each thing that is missing, with whom it makes wait. What each app user connects is not the builder's to have. */
function missingAccounts(model: AppModel, accounts: readonly HeldAccount[]): ReleaseCheck[] {
  const perUser = new Set(model.connectors.filter(({ connector }) => connector.mode === 'app-user').map(({ connector }) => connector.type))
  const found = new Map<string, { lack: AppError; waiting: string[] }>()
  const users = Map.groupBy(
    usesOf(model).filter(({ connector }) => !perUser.has(connector)),
    ({ kind, name }) => `${kind} “${titleOf(model, kind, name)}”`,
  )
  for (const [user, uses] of users) {
    const lack = lackOf(uses, accounts)
    if (!lack) continue
    const key = JSON.stringify([lack.message, lack.action])
    const known = found.get(key) ?? { lack, waiting: [] }
    known.waiting.push(user)
    found.set(key, known)
  }
  return Array.from(found.values(), ({ lack, waiting }) => ({
    state: 'warning' as const,
    text: lack.message,
    detail: `Until then this waits: ${waiting.join(', ')}.`,
    action: lack.action,
  }))
}

const titleOf = ({ flows }: AppModel, kind: 'flow' | 'function', name: string): string =>
  (kind === 'flow' && flows.find(flow => flow.name === name)?.flow.name) || name

function findSecret(path: string, text: string): ReleaseCheck[] {
  const hidden = maskSecrets(text)
  if (hidden === text) return []
  const lines = hidden.split('\n')
  const line = text.split('\n').findIndex((each, at) => each !== lines[at]) + 1
  return [
    {
      state: 'warning',
      text: `${path}, line ${line}`,
      detail: 'This looks like a secret. Everyone who may see the app on the relay can read its files.',
      action: { kind: 'open', path, line },
    },
  ]
}
