import { basename, dirname } from 'node:path'
import { appConfig } from '../../core/app/config.ts'
import { connectorFile } from '../../core/app/connector-file.ts'
import { entity } from '../../core/app/entity.ts'
import { flow } from '../../core/app/flow.ts'
import { emptyModel, type AppModel, type Problem } from '../../core/app/model.ts'
import { flowName } from '../../core/app/names.ts'
import { byPlace, page } from '../../core/app/page.ts'
import { configFiles, openFolder, type Folder } from './folder.ts'
import { loadFunctions } from './functions.ts'
import { inOrder } from './in-order.ts'
import { declaredReader, type ReadDeclared } from './read.ts'

/**
 * Reads an app's folder: the layout of Base44, at the top or below `base44/`. Never throws for what is in the folder. A file that cannot
 * be used is told in `problems` with its line, and its last good version (from `previous`) goes on; a file that is gone is gone. `open`:
 * how the folder is read.
 */
export async function loadApp(
  id: string,
  root: string,
  previous?: AppModel,
  open: (root: string) => Promise<Folder> = openFolder,
): Promise<AppModel> {
  const folder = await open(root).catch(() => null)
  if (!folder) {
    const problems = [{ path: '', message: 'The folder of this app is not there. Was it moved or deleted?' }]
    return { ...(previous ?? nameless(id, root)), problems }
  }
  const problems: Problem[] = []
  const read = declaredReader(folder, problems)
  const base = await findBase(folder)

  const config = await loadConfig(folder, read, base, previous?.config)
  const entities = await loadAll(folder, `${base}entities`, problems, async (file, { read }) => {
    const lastGood = previous?.entities.find(known => known.file === file)?.entity
    const found = await read(file, entity, lastGood)
    return found && { file, entity: found }
  })
  const connectors = await loadAll(folder, `${base}connectors`, problems, async (file, { read }) => {
    const lastGood = previous?.connectors.find(known => known.file === file)?.connector
    const found = await read(file, connectorFile, lastGood)
    return found && { file, connector: found }
  })
  const flows = await loadAll(folder, `${base}workflows`, problems, async (file, { read, problems }) => {
    const name = basename(file).replace(/\.jsonc?$/, '')
    const checked = flowName.safeParse(name)
    if (!checked.success) {
      problems.push({ path: file, message: `A flow cannot be named “${name}”. ${checked.error.issues[0]?.message ?? ''}` })
      return undefined
    }
    const lastGood = previous?.flows.find(known => known.file === file)?.flow
    const found = await read(file, flow, lastGood)
    return found && { name, file, flow: found }
  })
  const pages = await loadAll(folder, `${base}pages`, problems, async (file, { read }) => {
    const lastGood = previous?.pages.find(known => known.file === file)?.page
    const found = await read(file, page, lastGood)
    return found && { file, page: found }
  })
  const functions = await loadFunctions(folder, `${base}functions`, problems, previous?.functions ?? [])

  return {
    id,
    path: root,
    config: config ?? previous?.config ?? nameless(id, root).config,
    entities: withoutRepeats(entities, ({ entity }) => entity.name, 'entity', problems),
    functions: withoutRepeats(functions, ({ name }) => name, 'function', problems),
    flows: withoutRepeats(flows, ({ name }) => name, 'flow', problems),
    connectors: withoutRepeats(connectors, ({ connector }) => connector.type, 'connector', problems),
    pages: withoutRepeats(pages, ({ page }) => page.name, 'page', problems).sort((a, b) => byPlace(a.page, b.page)),
    problems,
  }
}

async function findBase(folder: Folder): Promise<string> {
  const atTop = (await folder.list('')).map(({ name }) => name)
  return atTop.includes('base44') && !configFiles.some(name => atTop.includes(name)) ? 'base44/' : ''
}

async function loadConfig(folder: Folder, read: ReadDeclared, base: string, lastGood: AppModel['config'] | undefined) {
  const names = (await folder.list(base)).map(({ name }) => name)
  const name = configFiles.find(name => names.includes(name))
  return name && (await read(`${base}${name}`, appConfig, lastGood))
}

type Part = { read: ReadDeclared; problems: Problem[] }

async function loadAll<T>(
  folder: Folder,
  path: string,
  problems: Problem[],
  load: (file: string, part: Part) => Promise<T | undefined>,
): Promise<T[]> {
  const files = (await folder.list(path)).filter(({ name, isFolder }) => !isFolder && /\.jsonc?$/.test(name))
  return inOrder(files, problems, ({ name }, problems) => load(`${path}/${name}`, { read: declaredReader(folder, problems), problems }))
}

/** The first of each name stays. The case of letters does not tell names apart: neither Windows, macOS nor a database would. */
function withoutRepeats<T extends { file: string }>(all: T[], nameOf: (item: T) => string, kind: string, problems: Problem[]): T[] {
  const first = new Map<string, T>()
  for (const item of all) {
    const name = nameOf(item)
    const known = first.get(name.toLowerCase())
    if (known) problems.push({ path: item.file, message: `The ${kind} “${name}” is already in ${known.file}. Rename one of them.` })
    else first.set(name.toLowerCase(), item)
  }
  return [...first.values()]
}

function nameless(id: string, root: string): AppModel {
  const folder = basename(root) === 'base44' ? basename(dirname(root)) : basename(root)
  return emptyModel(id, root, folder.slice(0, 80) || id)
}
