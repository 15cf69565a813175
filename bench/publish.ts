import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadApp } from '../host/app/load.ts'
import { createBundleCache } from '../host/functions/bundle-cache.ts'
import { surveyFunctions } from '../host/functions/survey.ts'
import { checkRelease, demandPublishable } from '../main/publish/checks.ts'
import { publishRelease } from '../main/publish/publish-release.ts'
import { readLocalRelease } from '../main/publish/local-release.ts'
import type { DatabaseKind } from '../relay/relay.fixture.ts'
import { startPublishing } from '../relay/releases/releases.fixture.ts'
import { percentile } from './percentile.ts'

const changes = 20

/** Publishing an app of 200 files for the first time, the same again, and a change of one line: checks, transfer and switch, over HTTP. */
export async function run(): Promise<Record<string, number>> {
  return { ...(await measure('SQLite')), ...(await measure('Postgres')) }
}

async function measure(kind: DatabaseKind): Promise<Record<string, number>> {
  const root = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const ends: (() => Promise<void> | void)[] = [() => rm(root, { recursive: true, force: true })]
  try {
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    await write('config.jsonc', '{ "name": "Bench" }')
    for (let at = 0; at < 50; at += 1) {
      await write(`functions/f${at}/entry.ts`, `export default async () => ${at}\n${`// line ${at}\n`.repeat(80)}`)
      await write(`functions/f${at}/function.jsonc`, '{}')
      await write(`entities/E${at}.jsonc`, JSON.stringify({ name: `E${at}`, type: 'object', properties: { title: { type: 'string' } } }))
    }
    for (let at = 0; at < 49; at += 1) await write(`notes/${at}.md`, `${at} `.repeat(1000))
    const { releases } = await startPublishing({ after: end => void ends.unshift(end) }, { kind })
    // The desktop's host has its bundles at hand, too.
    const bundles = createBundleCache(root)
    let live: number | null = null
    const publish = async () => {
      const model = await loadApp('bench', root)
      const outcome = await publishRelease({
        relay: releases,
        appId: 'bench',
        base: live,
        title: 'Bench',
        noteAsked: async () => {},
        tell: () => {},
        patience: { waiting: () => {} },
        async check() {
          const survey = await surveyFunctions(model, bundles.get)
          demandPublishable(checkRelease({ model, survey, accounts: [], texts: new Map() }))
          return { name: 'Bench', pack: () => readLocalRelease(root, survey.packages) }
        },
      })
      if (outcome.type === 'live') live = outcome.version.number
    }
    const first = await timeOf(publish)
    const same = await timeOf(publish)
    const lines: number[] = []
    for (let count = 0; count < changes; count += 1) {
      await write('notes/0.md', `changed ${count}`)
      lines.push(await timeOf(publish))
    }
    return {
      [`${kind}: 200 files, first publish ms`]: first,
      [`${kind}: the same again ms`]: same,
      [`${kind}: one changed line ms p50`]: percentile(lines, 50),
      [`${kind}: one changed line ms p99`]: percentile(lines, 99),
    }
  } finally {
    for (const end of ends) await end()
  }
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
