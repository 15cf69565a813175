import { z } from 'zod'
import { hasDeviceName, isAppPath, isPlainPath } from '../app/paths.ts'
import { AppError } from '../errors.ts'

/** What one release may hold. Sizes in bytes. */
export const releaseLimits = { files: 5000, fileBytes: 5 * 1024 * 1024, totalBytes: 200 * 1024 * 1024, levels: 16 } as const

/** SHA-256 in hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** One file of a release. `mode` as git writes it: plain files alone, no links and nothing that is run. */
export const releaseFile = z.strictObject({
  path: z.string(),
  sha256,
  size: z.number().int().min(0).max(releaseLimits.fileBytes),
  mode: z.literal('100644'),
})
export type ReleaseFile = z.infer<typeof releaseFile>

/** The files of a release, in the order of their paths. */
export type Manifest = readonly ReleaseFile[]

/** By UTF-16 code units: the same order everywhere. */
export const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

/**
 * The one text that a release's id is the SHA-256 of: a line per file. A path has no control characters, so two lists of files never have
 * the same text.
 */
export const manifestText = (files: Manifest): string =>
  files.map(({ mode, sha256, size, path }) => `${mode} ${sha256} ${size} ${path}\n`).join('')

/**
 * Reads the list of files of a release from wherever it comes. Throws `validation` with one sentence for what is no such list, for a path
 * that would lead out of its folder or cannot be written on every system, and for what is too large.
 */
export function readManifest(value: unknown): Manifest {
  if (!Array.isArray(value)) throw refuse('It has no list of files')
  if (value.length === 0) throw refuse('It has no files')
  if (value.length > releaseLimits.files)
    throw refuse(`It has more than ${releaseLimits.files.toLocaleString('en')} files`, 'Leave out what the app does not need.')
  const files = value.map(readFile)
  const total = files.reduce((sum, { size }) => sum + size, 0)
  if (total > releaseLimits.totalBytes)
    throw refuse(`It is larger than ${releaseLimits.totalBytes / 1024 / 1024} MB`, 'Leave out what the app does not need.')
  checkOrder(files)
  checkCollisions(files)
  return files
}

function readFile(value: unknown): ReleaseFile {
  const parsed = releaseFile.safeParse(value)
  if (!parsed.success) throw refuseFile(parsed.error, value)
  const { path } = parsed.data
  if (!isReleasePath(path)) throw refuse(`${quote(path)} is no path inside an app that every system can write`, 'Rename it.')
  if (hasDeviceName(path)) throw refuse(`${quote(path)} has a name that Windows keeps for itself`, 'Rename it.')
  return parsed.data
}

/** A file of the app, or one of a package that its functions import. */
export function isReleasePath(path: string): boolean {
  const names = path.split('/')
  if (names.length > releaseLimits.levels) return false
  const packages = names.indexOf('node_modules')
  if (packages < 0) return isAppPath(path)
  const above = names.slice(0, packages).join('/')
  return isPlainPath(path) && names.length > packages + 2 && (above === '' || isAppPath(above))
}

function refuseFile({ issues }: z.ZodError, value: unknown): AppError {
  const path = typeof value === 'object' && value !== null && 'path' in value ? value.path : undefined
  const name = typeof path === 'string' ? quote(path) : 'One of its files'
  switch (issues[0]?.path[0]) {
    case 'mode':
      return refuse(`${name} is a link or a program`, 'A release holds plain files alone.')
    case 'size':
      return refuse(`${name} is larger than ${releaseLimits.fileBytes / 1024 / 1024} MB, or has no size`, 'Leave it out.')
    default:
      return refuse(`${name} is not described as it must be`)
  }
}

function checkOrder(files: Manifest): void {
  const wrong = files.find((file, at) => byPath(files[at - 1] ?? { path: '' }, file) >= 0)
  if (wrong) throw refuse(`${quote(wrong.path)} is in it twice, or not in its place`)
}

/** Two names that are one on Windows or macOS: they differ in case, or in how an accent is written. A file in the place of a folder, too. */
function checkCollisions(files: Manifest): void {
  const plain = (path: string) => path.normalize('NFC').toLowerCase()
  const written = new Map<string, string>()
  const claim = (name: string, path: string, isFile: boolean) => {
    const key = plain(name)
    const known = written.get(key)
    const mark = isFile ? `file ${name}` : `folder ${name}`
    if (known !== undefined && (known !== mark || isFile))
      throw refuse(`${quote(path)} and another file have names that are one on Windows or macOS`, 'Rename one of them.')
    written.set(key, mark)
  }
  for (const { path } of files) {
    const names = path.split('/')
    for (let level = 1; level < names.length; level += 1) claim(names.slice(0, level).join('/'), path, false)
    claim(path, path, true)
  }
}

/** A path as it can be shown: what nobody sees, or what is endless, is not. */
const quote = (path: string): string => `“${path.slice(0, 80).replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '�')}”`

const refuse = (what: string, advice = 'Publish again from the app’s folder.'): AppError =>
  new AppError('validation', `This cannot be published. ${what}. ${advice}`)
