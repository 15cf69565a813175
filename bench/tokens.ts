import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refresh } from '../oauth/refresh.ts'
import { startProvider } from '../tokens/provider.fixture.ts'
import { joinTokens } from '../tokens/tokens.fixture.ts'
import { percentile } from './percentile.ts'

const callers = 1000
const reads = 5000

/** A thousand callers at once on a token that is over: how many exchanges that costs, and how long all of them wait. Then reading a good one. */
export async function run(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'plugboard-bench-'))
  const ends: (() => Promise<void> | void)[] = [() => rm(folder, { recursive: true, force: true })]
  const teardown = { after: (end: () => Promise<void> | void) => void ends.push(end) }
  try {
    const provider = await startProvider(teardown, { kind: 'strict' })
    const { tokens, adopt } = await joinTokens(teardown, { folder, party: provider.party })
    const grant = provider.signIn()
    const exchangeOnce = () => refresh({ ...provider.party, refreshToken: provider.signIn().refreshToken ?? '', scopes: [] })
    // The first one also opens the line.
    await exchangeOnce()
    const bare = await timeOf(exchangeOnce)
    const before = provider.seen.requests
    await adopt(grant)
    const all = await timeOf(() => Promise.all(Array.from({ length: callers }, () => tokens.accessToken('c1'))))
    const each: number[] = []
    for (let count = 0; count < reads; count += 1) each.push(await timeOf(() => tokens.accessToken('c1')))
    return {
      'bare exchange ms': bare,
      'exchanges of 1000 callers': provider.seen.requests - before,
      'all 1000 callers ms': all,
      'good token ms p50': percentile(each, 50),
      'good token ms p99': percentile(each, 99),
    }
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
