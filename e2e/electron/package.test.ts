/** What the packed app holds, and point 19 of the security list: electron-builder on a stand-in for Electron's distribution. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { extractAll, extractFile, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { root } from '../built.ts'
import { connectTo, startServe } from '../shells/serve.ts'
import { endProcess } from '../shells/shell.ts'
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

test('the packed bundles start with nothing but what is beside the archive', async () => {
  const extracted = join(unpacked, 'resources/extracted')
  extractAll(archive(), extracted)
  const home = join(folder, 'home')
  const serve = join(extracted, 'out/main/serve.js')
  const { child, address } = await startServe({ program: serve, env: { PLUGBOARD_HOME: home } })
  const { host, practice, apps } = connectTo(address).client
  assert.ok((await host.health()).rssBytes > 0)
  const { appId } = await apps.create({ name: 'Tickets', template: 'blank' })
  const { url } = await practice.open({ appId, connector: 'slackbot' })
  assert.equal((await fetch(url)).status, 200)
  await endProcess(child, 'SIGTERM')
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
