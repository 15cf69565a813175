import { basename, dirname } from 'node:path'
import { appConfig } from '../../core/app/config.ts'
import { connectorFile } from '../../core/app/connector-file.ts'
import { entity } from '../../core/app/entity.ts'
import { flow } from '../../core/app/flow.ts'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { flowName } from '../../core/app/names.ts'
import { configFiles, openFolder, type Folder } from './folder.ts'
import { loadFunctions } from './functions.ts'
import { declaredReader, type ReadDeclared } from './read.ts'

/**
 * Reads an app's folder: the layout of Base44, at the top or below `base44/`. Never throws for what is in the folder. A file that cannot
 * be used is told in `problems` with its line, and its last good version (from `previous`) goes on; a file that is gone is gone.
 */
export async function loadApp(id: string, root: string, previous?: AppModel): Promise<AppModel> {
  const folder = await openFolder(root).catch(() => null)
  if (!folder) {
    const problems = [{ path: '', message: 'The folder of this app is not there. Was it moved or deleted?' }]
    return { ...(previous ?? emptyModel(id, root)), problems }
  }
  const problems: Problem[] = []
  const read = declaredReader(folder, problems)
  const base = await findBase(folder)

  const config = await loadConfig(folder, read, base, previous?.config)
  const entities = await loadAll(folder, `${base}entities`, async file => {
    const lastGood = previous?.entities.find(known => known.file === file)?.entity
    const found = await read(file, entity, lastGood)
    return found && { file, entity: found }
  })
  const connectors = await loadAll(folder, `${base}connectors`, async file => {
    const lastGood = previous?.connectors.find(known => known.file === file)?.connector
    const found = await read(file, connectorFile, lastGood)
    return found && { file, connector: found }
  })
  const flows = await loadAll(folder, `${base}workflows`, async file => {
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
  const functions = await loadFunctions(folder, `${base}functions`, { read, problems, previous: previous?.functions ?? [] })

  return {
    id,
    path: root,
    config: config ?? previous?.config ?? emptyModel(id, root).config,
    entities: withoutRepeats(entities, ({ entity }) => entity.name, 'entity', problems),
    functions: withoutRepeats(functions, ({ name }) => name, 'function', problems),
    flows: withoutRepeats(flows, ({ name }) => name, 'flow', problems),
    connectors: withoutRepeats(connectors, ({ connector }) => connector.type, 'connector', problems),
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

async function loadAll<T>(folder: Folder, path: string, load: (file: string) => Promise<T | undefined>): Promise<T[]> {
  const all: T[] = []
  for (const { name, isFolder } of await folder.list(path)) {
    if (isFolder || !/\.jsonc?$/.test(name)) continue
    const loaded = await load(`${path}/${name}`)
    if (loaded !== undefined) all.push(loaded)
  }
  return all
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

function emptyModel(id: string, root: string): AppModel {
  const folder = basename(root) === 'base44' ? basename(dirname(root)) : basename(root)
  return {
    id,
    path: root,
    config: { name: folder.slice(0, 80) || id },
    entities: [],
    functions: [],
    flows: [],
    connectors: [],
    problems: [],
  }
}
