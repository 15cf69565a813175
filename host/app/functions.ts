import { functionConfig, type FunctionConfig } from '../../core/app/function.ts'
import type { AppModel, Problem } from '../../core/app/model.ts'
import { functionName } from '../../core/app/names.ts'
import type { Folder } from './folder.ts'
import { inOrder } from './in-order.ts'
import { declaredReader, type ReadDeclared } from './read.ts'
import { actionUses } from './uses.ts'

type LoadedFunction = AppModel['functions'][number]

const configFile = /^function\.jsonc?$/
const entryFile = /^entry\.(ts|js)$/
const sourceFile = /\.(ts|js|mjs|tsx|jsx)$/
const maxLevels = 8

/** A function is a folder with `entry.ts` or `entry.js`, or with a `function.jsonc`; its name is its path. Folders nest. */
export async function loadFunctions(
  folder: Folder,
  base: string,
  problems: Problem[],
  previous: readonly LoadedFunction[],
): Promise<LoadedFunction[]> {
  return visit('', 0, problems)

  async function visit(name: string, level: number, problems: Problem[]): Promise<LoadedFunction[]> {
    if (level > maxLevels) return []
    const path = name ? `${base}/${name}` : base
    const entries = await folder.list(path)
    const files = entries.filter(({ isFolder }) => !isFolder).map(entry => entry.name)
    const config = files.find(file => configFile.test(file))
    const entry = files.find(file => entryFile.test(file))
    const read = declaredReader(folder, problems)
    const own = name && (config || entry) ? await loadFunction(folder, { name, path, config, entry, read, problems, previous }) : undefined
    const folders = entries.filter(({ isFolder }) => isFolder)
    const inner = await inOrder(folders, problems, (each, problems) =>
      visit(name ? `${name}/${each.name}` : each.name, level + 1, problems),
    )
    return [...(own ? [own] : []), ...inner.flat()]
  }
}

type Found = {
  name: string
  path: string
  config: string | undefined
  entry: string | undefined
  read: ReadDeclared
  problems: Problem[]
  previous: readonly LoadedFunction[]
}

async function loadFunction(folder: Folder, found: Found): Promise<LoadedFunction | undefined> {
  const { path, problems, previous } = found
  const lastGood = previous.find(({ file }) => file.startsWith(`${path}/`))
  const config = await readConfig(found, lastGood)
  if (!config) return undefined
  const name = config.name ?? found.name
  const checked = functionName.safeParse(name)
  if (!checked.success) {
    problems.push({ path, message: `A function cannot be named “${name}”. ${checked.error.issues[0]?.message ?? ''}` })
    return undefined
  }
  const file = `${path}/${config.entry}`
  if (config.entry.split(/[\\/]/).includes('..') || (await textOf(folder, file)) === null) {
    problems.push({ path: found.config ? `${path}/${found.config}` : path, message: `The function “${name}” has no ${config.entry}.` })
    return undefined
  }
  return { name, file, config, uses: actionUses(await sourceOf(folder, path)) }
}

async function readConfig({ path, config, entry, read }: Found, lastGood: LoadedFunction | undefined): Promise<FunctionConfig | undefined> {
  const declared = config ? await read(`${path}/${config}`, functionConfig, lastGood?.config) : functionConfig.parse({})
  // The schema's own default must not hide an entry.js that is there.
  return declared?.entry === 'entry.ts' && entry ? { ...declared, entry } : declared
}

/** A file that cannot be read as text has nothing to find in it; the functions' own check tells why it does not run. */
async function textOf(folder: Folder, file: string): Promise<string | null> {
  return folder.read(file).catch(() => '')
}

/** All source of a function: its own files, without those of functions nested below it. */
async function sourceOf(folder: Folder, path: string, level = 0): Promise<string> {
  const entries = await folder.list(path)
  if (level > 0 && entries.some(({ name, isFolder }) => !isFolder && (configFile.test(name) || entryFile.test(name)))) return ''
  const parts = entries.flatMap(({ name, isFolder }) => {
    if (isFolder) return level < maxLevels ? [sourceOf(folder, `${path}/${name}`, level + 1)] : []
    return sourceFile.test(name) ? [textOf(folder, `${path}/${name}`)] : []
  })
  return (await Promise.all(parts)).map(text => text ?? '').join('\n')
}
