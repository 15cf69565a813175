import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, extname, isAbsolute, join, relative, sep } from 'node:path'
import { build, version, type BuildFailure, type Loader, type Message, type Metafile, type Plugin } from 'esbuild'
import type { Problem } from '../../core/app/model.ts'

/**
 * A function with all it imports as one module, the same wherever the app's folder lies. `hash` names its code, `map` is its source map;
 * `files` are the app's own files in it; `packages` the files of packages, with what is needed to find them again. Paths are below the
 * app's folder, with `/`.
 */
export type Bundle = { hash: string; code: string; map: string; files: string[]; packages: string[] }
export type Bundled = { ok: true; bundle: Bundle } | { ok: false; problems: Problem[] }

/** Names what makes a bundle of files: the compiler, and all that this file tells it. */
export const bundlerHash = (): string =>
  createHash('sha256')
    .update(version)
    .update(readFileSync(import.meta.filename))
    .digest('hex')

/** The module `plugboard`, as code in a sandbox sees it. */
const plugboardModule = `
const { ask, PlugboardError } = globalThis[Symbol.for('plugboard')]
const names = of => new Proxy(Object.freeze({}), { get: (_, name) => (typeof name === 'string' && name !== 'then' ? of(name) : undefined) })
export const connectors = names(connector => names(action => (input = {}) => ask({ kind: 'action', connector, action, input })))
export const entities = names(entity => names(method => (...args) => ask({ kind: 'record', entity, method, args })))
export { PlugboardError }
`

/**
 * Bundles one function of an app: TypeScript in, one module out, loaded by the sandbox from a `data:` URL. What is imported must be in the
 * app's folder: the sandbox can read no file, so neither may the bundler on its behalf. `text` stands for the entry's content on disk.
 */
export async function bundleFunction(root: string, file: string, text?: string): Promise<Bundled> {
  const entry = join(root, file)
  const home = await realpath(root)
  try {
    const result = await build({
      ...(text === undefined
        ? { entryPoints: [entry] }
        : { stdin: { contents: text, resolveDir: dirname(entry), sourcefile: entry, loader: loaderOf(file) } }),
      absWorkingDir: root,
      bundle: true,
      write: false,
      outfile: join(root, 'bundle.js'),
      format: 'esm',
      platform: 'neutral',
      target: 'es2024',
      mainFields: ['module', 'main'],
      conditions: ['deno', 'import'],
      external: ['node:*'],
      sourcemap: 'external',
      sourcesContent: false,
      metafile: true,
      logLevel: 'silent',
      // No tsconfig.json decides what a function is: one of a folder above the app would, and is not there where the app is published.
      tsconfigRaw: '{}',
      plugins: [plugboard, inside(home)],
    })
    if (!exportsDefault(result.metafile))
      return {
        ok: false,
        problems: [{ path: file, line: 1, column: 1, message: 'Write “export default async function …”: nothing is exported as default.' }],
      }
    const code = result.outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? ''
    const map = result.outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? '{}'
    return {
      ok: true,
      bundle: {
        hash: createHash('sha256').update(code).digest('base64url'),
        code,
        map,
        files: Object.keys(result.metafile.inputs).filter(path => !isPlugboard(path) && !isOfPackage(path)),
        packages: packageFiles(root, result.metafile),
      },
    }
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return { ok: false, problems: error.errors.map(message => toProblem(message, file)) }
  }
}

function loaderOf(file: string): Loader {
  const ending = extname(file).slice(1)
  return ending === 'js' || ending === 'jsx' || ending === 'tsx' ? ending : 'ts'
}

function exportsDefault({ outputs }: Metafile): boolean {
  return Object.values(outputs).some(({ exports }) => exports.includes('default'))
}

const isPlugboard = (path: string) => path.startsWith('plugboard:')
const isOfPackage = (path: string) => /(^|\/)node_modules\//.test(path)

/** The files of packages that are in the bundle, and each `package.json` that says which file an import means. */
function packageFiles(root: string, { inputs }: Metafile): string[] {
  const found = new Set<string>()
  for (const path of Object.keys(inputs)) {
    if (isPlugboard(path) || !isOfPackage(path)) continue
    found.add(path)
    for (let folder = dirname(path); !/(^|\/)node_modules$/.test(folder); folder = dirname(folder)) {
      const manifest = `${folder}/package.json`
      if (existsSync(join(root, manifest))) found.add(manifest)
    }
  }
  return [...found]
}

const plugboard: Plugin = {
  name: 'plugboard',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^plugboard$/ }, () => ({ path: 'plugboard', namespace: 'plugboard' }))
    onLoad({ filter: /.*/, namespace: 'plugboard' }, () => ({ contents: plugboardModule, loader: 'js' }))
  },
}

/** Every import must end up in the app's own folder, links followed. */
const inside = (home: string): Plugin => ({
  name: 'inside',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path, pluginData, importer, resolveDir, kind, namespace, with: attributes }) => {
      if (pluginData === 'resolving' || kind === 'entry-point') return undefined
      if (/^https?:/.test(path))
        return { errors: [{ text: `“${path}” is on another machine, and functions run without a network. Copy the file into the app.` }] }
      if (path.startsWith('npm:'))
        return { errors: [{ text: `Write “${packageName(path)}” instead of “${path}”, and install it in the app’s folder with npm.` }] }
      const found = await resolve(path, { pluginData: 'resolving', importer, resolveDir, kind, namespace, with: attributes })
      if (found.errors.length > 0)
        return {
          errors: [
            {
              text: isPackage(path)
                ? `“${path}” is not installed. Run “npm install ${packageName(path)}” in the app’s folder.`
                : `There is no file “${path}” beside this one.`,
            },
          ],
        }
      if (found.external || found.namespace !== 'file') return found
      const real = await realpath(found.path)
      const within = relative(home, real)
      if (within.startsWith(`..${sep}`) || isAbsolute(within) || within.split(sep)[0] === '.plugboard')
        return { errors: [{ text: `“${path}” is outside of the app’s folder. A function may import only what is in it.` }] }
      return found
    })
  },
})

const isPackage = (path: string) => !path.startsWith('.') && !isAbsolute(path)

/** `npm:zod@4/v4` → `zod`, `@scope/name/part` → `@scope/name`. */
function packageName(specifier: string): string {
  const [, name] = /^(?:npm:)?\/?((?:@[^/@]+\/)?[^/@]+)/.exec(specifier) ?? []
  return name ?? specifier
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function toProblem({ text, location }: Message, file: string): Problem {
  const path = location?.file ? location.file.split(sep).join('/') : file
  return {
    path: isAbsolute(path) ? file : path,
    line: location?.line,
    column: location ? location.column + 1 : undefined,
    message: sentence(text),
  }
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?”]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
