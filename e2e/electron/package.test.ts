/** What the packed app holds, and point 19 of the security list: electron-builder on a stand-in for Electron's distribution. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire, isBuiltin } from 'node:module'
import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { extractFile, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { root } from '../built.ts'
import { writeStandInDistribution } from './distribution.ts'

let folder: string
let unpacked: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugboard-package-'))
  await writeStandInDistribution(join(folder, 'electron'))
  const builder = join(root, 'node_modules/electron-builder/cli.js')
  const options = [`-c.electronDist=${join(folder, 'electron')}`, `-c.directories.output=${join(folder, 'dist')}`]
  await promisify(execFile)(process.execPath, [builder, '--linux', 'dir', ...options], { cwd: root })
  unpacked = join(folder, 'dist', process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`)
})
after(() => rm(folder, { recursive: true, force: true }))

const archive = () => join(unpacked, 'resources/app.asar')

test('19. the fuses are set: no Node mode, no options from outside, only the signed archive', async () => {
  const wire = (await getCurrentFuseWire(join(unpacked, 'plugboard'))) as unknown as Record<FuseV1Options, FuseState>
  const isOn = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE
  assert.deepEqual(
    {
      runAsNode: isOn(FuseV1Options.RunAsNode),
      cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      v8Snapshot: isOn(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      fileProtocol: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
    },
    {
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      inspect: false,
      asarIntegrity: true,
      onlyAsar: true,
      v8Snapshot: false,
      fileProtocol: false,
    },
  )
})

test('the archive holds the bundles and nothing else', () => {
  for (const file of listPackage(archive(), { isPack: false }))
    assert.match(file, /^\/(package\.json|out(\/(main|preload|renderer)(\/.*)?)?)$/)
  const { main, devDependencies } = JSON.parse(String(extractFile(archive(), 'package.json'))) as Record<string, unknown>
  assert.equal(main, 'out/main/index.js')
  assert.equal(devDependencies, undefined)
})

test('all that a bundle does not hold is found beside the archive', async () => {
  const wanted = new Set<string>()
  for (const file of listPackage(archive(), { isPack: false }).filter(file => /^\/out\/main\/.*\.js$/.test(file))) {
    const code = String(extractFile(archive(), file.slice(1)))
    for (const [, name = ''] of code.matchAll(/(?:from|import|import\.meta\.resolve\(|require\(|\.resolve\()\s*["']([^"'./][^"']*)["']/g))
      wanted.add(name)
  }
  const optional = ['bufferutil', 'utf-8-validate']
  for (const name of wanted) {
    if (name === 'electron' || optional.includes(name) || isBuiltin(name)) continue
    const [scope = '', rest = ''] = name.split('/')
    const folder = scope.startsWith('@') ? `${scope}/${rest}` : scope
    await access(join(unpacked, 'resources/node_modules', folder, 'package.json')).catch(() =>
      assert.fail(`${name} is not in the packed app`),
    )
  }
})

test('the programs beside the archive run', async () => {
  const require = createRequire(join(unpacked, 'resources/index.js'))
  const esbuild = require('esbuild') as { transform(code: string, options: object): Promise<{ code: string }>; stop(): void }
  assert.equal((await esbuild.transform('let x: number = 1', { loader: 'ts' })).code, 'let x = 1;\n')
  assert.ok('AsyncEntry' in (require('@napi-rs/keyring') as object))
  const libc = process.platform === 'linux' ? '-glibc' : ''
  const deno = join(unpacked, `resources/node_modules/@deno/${process.platform}-${process.arch}${libc}/deno`)
  await access(deno, constants.X_OK)
  const { stdout } = await promisify(execFile)(deno, ['--version'])
  assert.match(stdout, /^deno 2\./)
})
