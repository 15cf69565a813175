import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHistory } from '../main/projects/history/history.ts'
import { percentile } from './percentile.ts'

/** Milliseconds of one undoable step of three files in an app of 500. */
export async function run(): Promise<Record<string, number>> {
  const root = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  await mkdir(join(root, 'entities'))
  await Promise.all(Array.from({ length: 500 }, (_, n) => writeFile(join(root, `entities/E${n}.jsonc`), `{ "name": "E${n}" }`.repeat(20))))
  const history = await openHistory(root)
  const times: number[] = []
  for (let step = 0; step < 25; step++) {
    const started = performance.now()
    const paths = ['entities/E1.jsonc', 'functions/f/entry.ts', 'workflows/w.jsonc']
    await history.apply(
      `Step ${step}`,
      'chat',
      paths.map(path => ({ path, bytes: Buffer.from(String(step)) })),
    )
    times.push(performance.now() - started)
  }
  await rm(root, { recursive: true, force: true })
  return { 'step in 500 files ms p50': percentile(times, 50), 'step in 500 files ms p99': percentile(times, 99) }
}
