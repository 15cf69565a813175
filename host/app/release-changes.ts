import { posix } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Block } from '../../core/app/page.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { ReleaseChange } from '../../core/contract/publish.ts'
import { diffLines } from '../../core/line-diff.ts'
import type { Manifest } from '../../core/release/manifest.ts'
import { configFiles } from './folder.ts'
import { describeTrigger } from '../flows/trigger-words.ts'

/** One side of a comparison. `read`: the text of a file, null for what is none. */
export type Side = { model: AppModel; files: Manifest; read(path: string): Promise<string | null> }

type Part = Pick<ReleaseChange, 'part' | 'name'>

/** What differs between what is live (null: nothing) and the app here, by what it means. `theirs`: paths that someone else has changed. */
export async function describeChanges(before: Side | null, after: Side, theirs: ReadonlySet<string>): Promise<ReleaseChange[]> {
  const paths = changedPaths(before?.files ?? [], after.files)
  const groups = Map.groupBy(paths, path =>
    JSON.stringify(partOf(path, after.model) ?? (before && partOf(path, before.model)) ?? partByPath(path)),
  )
  const all = await Promise.all(
    Array.from(groups, async ([key, paths]): Promise<ReleaseChange> => {
      const part = JSON.parse(key) as Part
      const kind = kindOf(part, paths, before, after)
      const detail = await detailOf(part, kind, paths, before, after)
      return { ...part, kind, detail, paths, theirs: paths.some(path => theirs.has(path)) }
    }),
  )
  const order = ['app', 'entity', 'flow', 'function', 'page', 'connector', 'packages', 'file']
  return all.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part) || (a.name < b.name ? -1 : 1))
}

/** The paths that are not the same in both, in order. */
export function changedPaths(before: Manifest, after: Manifest): string[] {
  const hashes = new Map(before.map(({ path, sha256 }) => [path, sha256]))
  const changed = after.filter(({ path, sha256 }) => hashes.get(path) !== sha256).map(({ path }) => path)
  const kept = new Set(after.map(({ path }) => path))
  return [...changed, ...before.map(({ path }) => path).filter(path => !kept.has(path))].sort()
}

function partOf(path: string, { entities, flows, functions, connectors, pages }: AppModel): Part | null {
  const entity = entities.find(({ file }) => file === path)
  if (entity) return { part: 'entity', name: entity.entity.name }
  const flow = flows.find(({ file }) => file === path)
  if (flow) return { part: 'flow', name: flow.name }
  const connector = connectors.find(({ file }) => file === path)
  if (connector) return { part: 'connector', name: connector.connector.type }
  const page = pages.find(({ file }) => file === path)
  if (page) return { part: 'page', name: page.page.title }
  const inside = functions.filter(({ file }) => path.startsWith(`${posix.dirname(file)}/`)).sort((a, b) => b.file.length - a.file.length)[0]
  return inside && !path.includes('node_modules/') ? { part: 'function', name: inside.name } : null
}

function partByPath(path: string): Part {
  if (path.includes('node_modules/')) return { part: 'packages', name: 'Packages' }
  if (configFiles.some(file => path === file || path === `base44/${file}`)) return { part: 'app', name: 'The app itself' }
  const [, page] = /^(?:base44\/)?pages\/(.+?)\.jsonc?$/.exec(path) ?? []
  return page ? { part: 'page', name: page } : { part: 'file', name: path }
}

function kindOf({ part }: Part, paths: readonly string[], before: Side | null, after: Side): ReleaseChange['kind'] {
  const were = paths.some(path => before?.files.some(file => file.path === path))
  const are = paths.some(path => after.files.some(file => file.path === path))
  // A part of several files is new or gone only with all of them.
  if (part === 'packages' || (were && are)) return 'changed'
  return were ? 'removed' : 'added'
}

async function detailOf(
  { part, name }: Part,
  kind: ReleaseChange['kind'],
  paths: string[],
  before: Side | null,
  after: Side,
): Promise<string> {
  const side = (model: AppModel | undefined) => ({
    entity: model?.entities.find(({ entity }) => entity.name === name)?.entity,
    flow: model?.flows.find(flow => flow.name === name)?.flow,
    connector: model?.connectors.find(({ connector }) => connector.type === name)?.connector,
    page: model?.pages.find(({ page }) => page.title === name)?.page,
  })
  const [was, is] = [side(before?.model), side(after.model)]
  const known = kind === 'removed' ? was : is
  switch (part) {
    case 'entity':
      if (kind !== 'changed' || !was.entity || !is.entity) return fieldsText(Object.keys(known.entity?.properties ?? {}))
      return compare('field', was.entity.properties, is.entity.properties) || 'Its settings'
    case 'flow': {
      if (!known.flow) break
      const steps = (flow: typeof known.flow) => Object.assign({}, ...(flow?.definition.do ?? [])) as Record<string, unknown>
      if (kind !== 'changed' || !was.flow || !is.flow) return describeTrigger(known.flow.trigger.config, new Date()).words
      const trigger = isDeepStrictEqual(was.flow.trigger, is.flow.trigger) ? '' : describeTrigger(is.flow.trigger.config, new Date()).words
      const on = was.flow.is_active === is.flow.is_active ? '' : is.flow.is_active ? 'On from now' : 'Off from now'
      return [on, trigger, compare('step', steps(was.flow), steps(is.flow))].filter(Boolean).join('. ') || 'Its words'
    }
    case 'connector':
      return compare('permission', asRecord(was.connector?.scopes), asRecord(is.connector?.scopes)) || 'Its settings'
    case 'page':
      if (kind === 'added' && known.page) return blocksText(known.page.blocks)
      break
    case 'packages':
      return paths.length === 1 ? '1 file' : `${paths.length} files`
    case 'app':
      return after.model.config.name === before?.model.config.name ? 'Its settings' : `Called “${after.model.config.name}”`
  }
  return kind === 'changed' ? linesText(paths, before, after) : paths.length === 1 ? '' : `${paths.length} files`
}

/** “One field more: Region. Two steps less: A, B. Status is another”. */
function compare(noun: string, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string {
  const more = Object.keys(after).filter(name => !Object.hasOwn(before, name))
  const less = Object.keys(before).filter(name => !Object.hasOwn(after, name))
  const other = Object.keys(after).filter(name => Object.hasOwn(before, name) && !isDeepStrictEqual(before[name], after[name]))
  const say = (names: string[], way: string) => names.length > 0 && `${count(names.length, noun)} ${way}: ${names.join(', ')}`
  return [say(more, 'more'), say(less, 'less'), say(other, 'changed')].filter(Boolean).join('. ')
}

const asRecord = (names: readonly string[] = []) => Object.fromEntries(names.map(name => [name, true]))
const fieldsText = (names: readonly string[]) => (names.length ? `${count(names.length, 'field')}: ${names.join(', ')}` : 'No fields yet')
const count = (n: number, noun: string) => (n === 1 ? `One ${noun}` : `${n} ${noun}s`)

const blockWords = { table: 'List', form: 'form', detail: 'details', 'connect-account': 'account of one’s own', text: 'text' } as const

/** “List, form, details”. */
const blocksText = (blocks: readonly Block[]) => {
  const words = [...new Set(blocks.map(({ type }) => blockWords[type]))].join(', ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

async function linesText(paths: readonly string[], before: Side | null, after: Side): Promise<string> {
  let lines = 0
  for (const path of paths) {
    const [was, is] = [(await before?.read(path)) ?? '', (await after.read(path)) ?? '']
    const marks = diffLines(was, is)
    lines += Math.max(marks.filter(({ kind }) => kind === 'added').length, marks.filter(({ kind }) => kind === 'removed').length)
  }
  return lines === 0 ? 'Not its text' : lines === 1 ? '1 line' : `${lines} lines`
}
