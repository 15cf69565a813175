import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { openLedger, type Mark } from './ledger.ts'

const markOf = (connectionId: string, seq = 1): Mark => ({ connectionId, workspaceId: 'w1', userId: 'u1', seq, own: 1, keeper: 'd1' })

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What a process leaves that writes these marks and ends. */
async function write(folder: string, ...marks: Mark[]): Promise<void> {
  const ledger = await openLedger(folder)
  for (const mark of marks) await ledger.reach(mark)
  await ledger.close()
}

const filesIn = async (folder: string) => (await readdir(folder)).filter(name => name.endsWith('.jsonl'))

/** What the next start finds. */
async function read(folder: string) {
  const ledger = await openLedger(folder)
  const { marks, ...more } = await ledger.read()
  await ledger.close()
  return { seqs: Object.fromEntries([...marks].map(([id, { seq }]) => [id, seq])), ...more }
}

/** How long a file of this process may become. A write that goes past it stops there, as on a full disk. */
const limitFiles = (limit: number | 'unlimited') => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`])
const canLimit = spawnSync('prlimit', ['--version']).status === 0

describe('the ledger', () => {
  it('knows the furthest marks that any process has written, and the highest run', async t => {
    const folder = await folderFor(t)
    await write(folder, markOf('a'), markOf('b', 7))
    const ledger = await openLedger(folder)
    await ledger.noteRun({ id: 'run', number: 12 })
    await ledger.close()
    await write(folder, markOf('a', 3), markOf('b', 2))
    assert.deepEqual(await read(folder), { seqs: { a: 3, b: 7 }, runNumber: 12, unreadable: false })
  })

  it('does without a last line that a crash cut off, and with every other', async t => {
    const folder = await folderFor(t)
    await write(folder, markOf('a'))
    const [name = ''] = await filesIn(folder)
    await appendFile(join(folder, name), JSON.stringify(markOf('b')).slice(0, 20))
    await write(folder, markOf('c'))
    assert.deepEqual(await read(folder), { seqs: { a: 1, c: 1 }, runNumber: 0, unreadable: false })
  })

  it('says that it may not know all when a line in the middle is damaged', async t => {
    const folder = await folderFor(t)
    const [first, second] = [JSON.stringify(markOf('a')), JSON.stringify(markOf('b'))]
    await writeFile(join(folder, 'damaged.jsonl'), `${first.slice(0, 20)}${second}\n${second}\n`)
    assert.deepEqual(await read(folder), { seqs: { b: 1 }, runNumber: 0, unreadable: true })
  })

  it('keeps all marks when its disk was full for a while', { skip: !canLimit && 'prlimit is not on this machine' }, async t => {
    const folder = await folderFor(t)
    const ledger = await openLedger(folder)
    await ledger.reach(markOf('a'))
    const line = JSON.stringify(markOf('a')).length + 1
    limitFiles(Math.round(1.5 * line))
    // The second one is longer than any file may be.
    const refused = await Promise.allSettled([ledger.reach(markOf('b')), ledger.reach(markOf('b'.repeat(line)))]).finally(() =>
      limitFiles('unlimited'),
    )
    assert.deepEqual(
      refused.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    await ledger.reach(markOf('b'))
    await ledger.reach(markOf('c'))
    await ledger.close()
    assert.deepEqual(await read(folder), { seqs: { a: 1, b: 1, c: 1 }, runNumber: 0, unreadable: false })
    assert.equal((await filesIn(folder)).length, 2, 'a file without a whole line is not kept')
  })
})
