import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { AppError } from '../../../core/errors.ts'
import { openHistory, type History } from './history.ts'
import { blobId, openObjects } from './objects.ts'

// Random work on an app, by us and outside, against a model of three lists. RUNS=200 for a long run.
const paths = ['a.md', 'd/b.md', 'd/e/c.md', 'f.md']
const texts = ['', 'one', 'two', 'six', '\ufeffline\r\n']

type Files = Map<string, string>
type Change = Map<string, [before: string | null, after: string | null]>

const change = fc.dictionary(fc.constantFrom(...paths), fc.option(fc.constantFrom(...texts)), {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
})
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('apply' as const), change }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('outside' as const), change }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('redo' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('undoOne' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
)

test('whatever is done in whatever order, files and history are as the model says, and no content is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async commands => {
      const root = await mkdtemp(join(tmpdir(), 'history-'))
      let history = await openHistory(root)
      const seen = new Set<string>()
      let recorded: Files = new Map()
      const disk: Files = new Map()
      const undo: { id: string; change: Change }[] = []
      let redo: typeof undo = []

      /** What the next operation must find and keep, by itself. Its id is known only afterwards. */
      function recordOutside(): { id: string } | null {
        const change = difference(recorded, disk)
        if (!change.size) return null
        const step = { id: '', change }
        undo.push(step)
        redo = []
        keep()
        return step
      }
      async function learnId(step: { id: string } | null): Promise<void> {
        if (step) step.id = (await history.list()).changes.find(({ by }) => by === 'outside')?.id ?? ''
      }
      function keep(): void {
        recorded = new Map(disk)
        for (const text of disk.values()) seen.add(text)
      }
      /** Whether the model may turn this change, and if so does. */
      function turn(change: Change, side: 0 | 1): boolean {
        const current = (path: string) => disk.get(path) ?? null
        if (![...change].every(([path, sides]) => sides.includes(current(path)))) return false
        for (const [path, sides] of change) put(disk, path, sides[side])
        keep()
        return true
      }

      for (const command of commands) {
        if (command.do === 'outside') {
          for (const [path, text] of Object.entries(command.change)) {
            await putOnDisk(root, path, text)
            put(disk, path, text)
          }
          continue
        }
        if (command.do === 'reopen') {
          history = await openHistory(root)
          await learnId(recordOutside())
          continue
        }
        const outside = recordOutside()
        if (command.do === 'undoOne') await learnId(outside)
        if (command.do === 'apply') {
          const before = new Map(disk)
          for (const [path, text] of Object.entries(command.change)) put(disk, path, text)
          const change = difference(before, disk)
          const id = await history.apply(
            'Change',
            'chat',
            Object.entries(command.change).map(([path, text]) => ({ path, bytes: text === null ? null : Buffer.from(text) })),
          )
          assert.equal(id !== null, change.size > 0)
          await learnId(outside)
          if (id !== null) {
            undo.push({ id, change })
            redo = []
          }
          keep()
        } else if (command.do === 'redo') {
          const step = redo.at(-1)
          const turned = !step || turn(step.change, 1)
          assert.deepEqual(await outcome(history.redo()), turned ? (step?.id ?? null) : 'conflict')
          await learnId(outside)
          if (step && turned) undo.push(...redo.splice(-1))
        } else {
          const index = command.do === 'undo' ? undo.length - 1 : command.pick % (undo.length || 1)
          const step = undo[index]
          if (!step && command.do === 'undoOne') continue
          const turned = !step || turn(step.change, 0)
          const result = await outcome(history.undo(command.do === 'undo' ? undefined : step?.id))
          await learnId(outside)
          assert.deepEqual(result, turned ? (step?.id ?? null) : 'conflict')
          if (step && turned) redo.push(...undo.splice(index, 1))
        }
        assert.deepEqual(await readDisk(root), disk)
        const { changes, canUndo, canRedo } = await history.list()
        assert.deepEqual([canUndo, canRedo], [undo.length > 0, redo.length > 0])
        assert.deepEqual(new Set(changes.filter(({ undoable }) => undoable).map(({ id }) => id)), new Set(undo.map(({ id }) => id)))
      }
      const objects = openObjects(join(root, '.plugboard/history'))
      for (const text of seen) assert.equal(Buffer.from(await objects.readBlob(blobId(Buffer.from(text)))).toString(), text)
      await rm(root, { recursive: true })
    }),
    { numRuns: Number(process.env.RUNS ?? 12) },
  )
})

async function outcome(step: ReturnType<History['undo']>): Promise<string | null> {
  try {
    return (await step)?.id ?? null
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return 'conflict'
    throw error
  }
}

function put(files: Files, path: string, text: string | null): void {
  if (text === null) files.delete(path)
  else files.set(path, text)
}

function difference(before: Files, after: Files): Change {
  const all = [...new Set([...before.keys(), ...after.keys()])]
  return new Map(
    all.filter(path => before.get(path) !== after.get(path)).map(path => [path, [before.get(path) ?? null, after.get(path) ?? null]]),
  )
}

async function putOnDisk(root: string, path: string, text: string | null): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  if (text === null) await rm(join(root, path), { force: true })
  else await writeFile(join(root, path), text)
}

async function readDisk(root: string): Promise<Files> {
  const files: Files = new Map()
  for (const path of paths) {
    const text = await readFile(join(root, path), 'utf8').catch(() => null)
    if (text !== null) files.set(path, text)
  }
  return files
}
