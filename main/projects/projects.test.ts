import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadApp } from '../../host/app/load.ts'
import { fails, openTemporary } from './projects.fixture.ts'
import { createProjects } from './projects.ts'

test('a new app gets a folder with a plain name, and a second of that name another', async () => {
  const { home, projects } = await openTemporary()
  assert.deepEqual(await projects.create({ name: 'Support desk' }), { appId: 'support-desk-2' })
  assert.deepEqual(await projects.create({ name: 'Müller’s ☕' }), { appId: 'mullers' })
  assert.deepEqual(await projects.create({ name: '会議' }), { appId: 'app' })
  assert.deepEqual(await projects.create({ name: 'CON' }), { appId: 'app-con' })
  assert.deepEqual((await readdir(join(home, 'apps'))).sort(), ['app', 'app-con', 'mullers', 'support-desk', 'support-desk-2'])
  assert.deepEqual((await projects.list()).map(({ name }) => name).sort(), ['CON', 'Müller’s ☕', 'Support desk', 'Support desk', '会議'])
})

test('the sample app has no problems, and its flows and functions fit together', async () => {
  const { projects } = await openTemporary()
  const { appId } = await projects.create({ name: 'Say "hi"', template: 'sample' })
  const [facts] = (await projects.list()).filter(({ id }) => id === appId)
  assert.deepEqual(
    { ...facts, path: '', updatedAt: '' },
    { id: 'say-hi', name: 'Say "hi"', path: '', updatedAt: '', isSample: true, connectors: ['gmail', 'slackbot'], problems: 0 },
  )
  const model = await loadApp(appId, projects.root(appId))
  assert.deepEqual(
    model.functions.map(({ name, uses }) => [name, uses.map(use => `${use.connector}.${use.action}`)]),
    [
      ['emailOpenTickets', ['gmail.sendEmail']],
      ['postNewTicketToSlack', ['slackbot.postMessage']],
    ],
  )
  assert.deepEqual(
    model.flows.map(({ name }) => name),
    ['new-ticket-to-slack', 'open-tickets-by-email'],
  )
})

test('a file is saved against the version that was read', async () => {
  const { projects, appId, edit, read } = await openTemporary()
  const text = '\ufeff{\r\n\t"name": "x" // kept\r\n}\r\n'
  await edit('entities/A.jsonc', text)
  const opened = await projects.readFile(appId, 'entities/A.jsonc')
  assert.equal(opened.text, text)
  const saved = await projects.writeFile(appId, { path: 'entities/A.jsonc', text: `${text}// more`, baseVersion: opened.version })
  assert.equal((await projects.readFile(appId, 'entities/A.jsonc')).version, saved.version)
  await edit('entities/A.jsonc', 'theirs')
  await assert.rejects(
    projects.writeFile(appId, { path: 'entities/A.jsonc', text: 'x', baseVersion: saved.version }),
    fails('conflict', /changed meanwhile/),
  )
  assert.equal(await read('entities/A.jsonc'), 'theirs')
  await projects.deleteFile(appId, 'entities/A.jsonc')
  await assert.rejects(
    projects.writeFile(appId, { path: 'entities/A.jsonc', text: 'x', baseVersion: saved.version }),
    fails('conflict', /deleted meanwhile/),
  )
  await assert.rejects(projects.readFile(appId, 'entities/A.jsonc'), fails('not_found', /not there/))
})

test('no path leads out of the app or into its local state', async () => {
  const { projects, appId, root, home } = await openTemporary()
  await writeFile(join(home, 'secret.txt'), 'secret')
  await symlink(home, join(root, 'out'))
  await symlink(join(home, 'secret.txt'), join(root, 'link.txt'))
  const paths = [
    '../secret.txt',
    '/etc/passwd',
    'a/../../x',
    '.plugboard/app.db',
    '.PLUGBOARD/x',
    '.env',
    'a/.git/config',
    'C:/x',
    'a\\b',
    'a//b',
    '',
    'a\0',
    'x/node_modules/y',
    'out/secret.txt',
    'link.txt',
    'a. ',
    'x'.repeat(300),
  ]
  for (const path of paths) {
    await assert.rejects(projects.readFile(appId, path), fails('validation', /./), path)
    await assert.rejects(
      projects.apply(
        appId,
        {
          title: 'x',
          files: [
            { path: 'ok.md', text: 'x' },
            { path, text: 'x' },
          ],
        },
        'chat',
      ),
      fails('validation', /./),
      path,
    )
  }
  assert.equal(await readFile(join(home, 'secret.txt'), 'utf8'), 'secret')
  assert.deepEqual((await readdir(root)).sort(), ['.plugboard', 'config.jsonc', 'link.txt', 'out'])
})

test('the name of an app is changed in its file, and its comments stay', async () => {
  const { projects, appId, edit, read } = await openTemporary()
  await edit('config.jsonc', '{\n  // Ours\n  "name": "Old",\n  "x": [1,2]\n}')
  await projects.rename(appId, 'New')
  assert.equal(await read('config.jsonc'), '{\n  // Ours\n  "name": "New",\n  "x": [1,2]\n}')
  await edit('config.jsonc', '{\n"name": "Old"\n"x": 1 }')
  await assert.rejects(projects.rename(appId, 'New'), fails('validation', /damaged at line 3/))
})

test('who may use an app once it is published is a key of its file, made when there is none', async () => {
  const { projects, appId, edit, read, root } = await openTemporary()
  await edit('config.jsonc', '{\n  // Ours\n  "name": "Desk"\n}')
  await projects.setVisibility(appId, 'public')
  assert.match(String(await read('config.jsonc')), /\/\/ Ours[^]*"visibility": "public"/)
  assert.equal((await projects.history(appId)).changes[0]?.title, 'Open it to anyone')
  await rm(join(root, 'config.jsonc'))
  await projects.setVisibility(appId, 'private')
  assert.equal(JSON.parse(String(await read('config.jsonc'))).visibility, 'private')
})

test('a removed app is in the trash, whole, and its id is not given again', async () => {
  const { home, projects, appId } = await openTemporary()
  await projects.remove(appId)
  const [trashed = ''] = await readdir(join(home, 'trash'))
  assert.match(await readFile(join(home, 'trash', trashed, 'config.jsonc'), 'utf8'), /Support desk/)
  assert.throws(() => projects.root(appId), fails('not_found', /./))
  assert.deepEqual(await projects.create({ name: 'Support desk' }), { appId: 'support-desk-2' })
})

test('a folder from elsewhere is opened where it is, found again, and forgotten without being touched', async () => {
  const { home, projects } = await openTemporary()
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'))
  await assert.rejects(projects.openFolder(elsewhere), fails('validation', /holds no app/))
  await mkdir(join(elsewhere, 'base44/entities'), { recursive: true })
  await writeFile(join(elsewhere, 'base44/config.jsonc'), '{ "name": "Imported" }')
  const { appId } = await projects.openFolder(elsewhere)
  assert.equal(appId, 'imported')
  assert.deepEqual(await projects.openFolder(elsewhere), { appId })
  assert.equal(createProjects({ home }).root(appId), join(elsewhere, 'base44'))
  await projects.apply(appId, { title: 'x', files: [{ path: 'entities/A.jsonc', text: '{}' }] }, 'chat')
  assert.equal(spawnSync('git', ['init', '-q', elsewhere]).status, 0)
  assert.doesNotMatch(spawnSync('git', ['-C', elsewhere, 'status', '--short', '-uall'], { encoding: 'utf8' }).stdout, /plugboard/)
  await projects.remove(appId)
  assert.equal(await readFile(join(elsewhere, 'base44/entities/A.jsonc'), 'utf8'), '{}')
  assert.throws(() => projects.root(appId), fails('not_found', /./))
})

test('an external folder that is gone is shown with its problem, and a damaged list is kept', async () => {
  const { home, projects } = await openTemporary()
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'))
  await writeFile(join(elsewhere, 'config.jsonc'), '{ "name": "Gone" }')
  const { appId } = await projects.openFolder(elsewhere)
  await rm(elsewhere, { recursive: true })
  assert.equal((await projects.list()).find(({ id }) => id === appId)?.problems, 1)
  await writeFile(join(home, 'apps.json'), '{ "apps": ')
  assert.deepEqual(
    (await projects.list()).map(({ id }) => id),
    ['support-desk'],
  )
  await mkdir(elsewhere)
  await writeFile(join(elsewhere, 'config.jsonc'), '{ "name": "Gone" }')
  await assert.rejects(projects.openFolder(elsewhere), fails('unavailable', /apps\.json is damaged/))
  assert.equal(await readFile(join(home, 'apps.json'), 'utf8'), '{ "apps": ')
})

test('files keep their mode, folders that become empty go, and unknown files stay', async () => {
  const { projects, appId, root, edit } = await openTemporary()
  await edit('run.sh', '#!/bin/sh')
  await edit('notes/idea.txt', 'mine')
  await chmod(join(root, 'run.sh'), 0o755)
  await projects.apply(
    appId,
    {
      title: 'x',
      files: [
        { path: 'run.sh', text: '#!/bin/bash' },
        { path: 'functions/f/entry.ts', text: '' },
      ],
    },
    'chat',
  )
  assert.equal((await stat(join(root, 'run.sh'))).mode & 0o777, 0o755)
  await projects.deleteFile(appId, 'functions/f/entry.ts')
  assert.deepEqual((await readdir(root)).sort(), ['.plugboard', 'config.jsonc', 'notes', 'run.sh'])
})
