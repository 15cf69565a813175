import { randomBytes, randomUUID } from 'node:crypto'
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { custodyRequest, type CustodyAnswer } from '../../core/custody/messages.ts'
import { publicHalf, type PrivateKey } from '../../core/custody/sealed.ts'
import { relayMember } from '../../core/contract/relay.ts'
import { taking, tokenAsked, type Taken } from '../../core/contract/shared-accounts.ts'
import { AppError } from '../../core/errors.ts'
import { openDatabase } from '../../host/store/database.ts'
import type { Database } from '../../host/store/engine.ts'
import { createAudit } from '../../relay/audit/audit.ts'
import { about } from '../../relay/custody/offering.fixture.ts'
import { openCustody } from '../../relay/custody/open.ts'
import type { Custody } from '../../relay/custody/custody.ts'
import type { Caller } from '../../relay/custody/handle.ts'
import { openRelayDatabase } from '../../relay/database.ts'
import { createEnvelope } from '../../relay/keys/envelope.ts'
import type { MasterKey } from '../../relay/keys/master.ts'
import { keyIdOf } from '../../relay/keys/seal.ts'
import { sealingKey } from '../../relay/keys/secrets.ts'
import { createKeyTables } from '../../relay/keys/tables.ts'
import { createLog } from '../../relay/log.ts'
import { createOwnAccountTables } from '../../relay/own-accounts/tables.ts'
import { createMemberTables } from '../../relay/members/tables.ts'
import type { Party } from '../../oauth/server.ts'
import type { RelayTokens } from '../relay/session.ts'
import { refresh } from '../../oauth/refresh.ts'
import { adoptGrant } from '../../tokens/grants.ts'
import { livesOf } from '../../tokens/grant-fields.ts'
import { enterProcess } from '../../tokens/processes.ts'
import { startProvider } from '../../tokens/provider.fixture.ts'
import { readTokenRow } from '../../tokens/row.ts'
import { sqliteTokens } from '../../tokens/sqlite.ts'
import { sealerOf, shortTiming } from '../../tokens/tokens.fixture.ts'
import { createTokens, type TokensOptions } from '../../tokens/tokens.ts'
import { createCustody, type CustodyTiming } from './custody.ts'
import type { Memory } from './memory.ts'
import { Mortal } from './mortal.fixture.ts'
import { openCustodyTables, readEntry } from './record.ts'

type Teardown = { after(end: () => Promise<void> | void): void }

export const member = { userId: 'u1', workspaceId: 'w1', name: 'Ada', email: 'ada@example.com', role: 'editor' } as const
export const caller: Caller = { member, desktop: { id: 'd1', name: 'Laptop' }, ip: null }

export function newMaster(): MasterKey {
  const bytes = randomBytes(32)
  return { id: keyIdOf(bytes), bytes }
}

const nothingKept: Memory = { read: async () => null, write: async () => {} }

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap(each =>
    each.isFile() ? readFileSync(join(each.parentPath, each.name), 'latin1') : [],
  )

type WorldOptions = {
  kind?: 'strict' | 'stable'
  lifeMs?: number
  party?: Party
  /** One that is there already, in use by another process. */
  folder?: string
  master?: MasterKey
}

/** What may happen to one request between desktop and relay. `again`: an earlier request comes first, a second time. */
export type Mishap = 'fine' | 'lost' | 'answerLost' | 'twice' | 'again'

/** A provider, a relay and a desktop, each of which can be closed, killed and opened again with what is on its disk. */
export async function createWorld(
  t: Teardown,
  { kind = 'strict', lifeMs = 3_600_000, party, folder: given, master: usual = newMaster() }: WorldOptions = {},
) {
  const provider = await startProvider(t, { kind, lifeS: lifeMs / 1000 })
  const folder = given ?? mkdtempSync(join(tmpdir(), 'custody-'))
  const mishaps: Mishap[] = []
  const traffic: string[] = []
  const logs: string[] = []
  const sent: [path: string, body: unknown, who: Caller][] = []
  let relay: OpenRelay | null = null
  /** As a desktop knows it while the relay is away. */
  let key: PrivateKey | null = null
  if (given === undefined)
    t.after(() => {
      // Whatever a test was about: no token is anywhere in clear.
      const all = [traffic.join('\n'), logs.join('\n'), ...filesIn(folder)].join('\n')
      rmSync(folder, { recursive: true, force: true })
      for (const token of provider.issued) assert.equal(all.includes(token), false)
    })

  async function openRelay({
    mortal = new Mortal(),
    returningMs = 120_000,
    master = usual,
  }: { mortal?: Mortal; returningMs?: number; master?: MasterKey } = {}) {
    const opened = await openRelayDatabase({ databaseUrl: null, dataFolder: folder })
    // Nothing here ends the machine: what a process has written stays.
    await opened.database.query(sql`pragma synchronous = off`)
    const database = mortal.through(opened.database)
    await createKeyTables(opened.database)
    await createMemberTables(opened.database)
    await createOwnAccountTables(opened.database)
    const audit = await createAudit(opened.database)
    const envelope = createEnvelope(opened.database, { current: master, all: [master] })
    const custody = await openCustody({
      database,
      envelope,
      audit,
      dataFolder: folder,
      ledgerFolder: join(folder, 'ledger'),
      returningMs,
      timing: shortTiming,
      log: createLog(line => logs.push(line)),
      partyOf: async (_, client) => ({ ...(party ?? provider.party), client }),
    })
    const made = {
      custody,
      database: opened.database,
      key: await sealingKey(opened.database, envelope),
      close: async () => {
        await custody.close().catch(() => {})
        await opened.close()
      },
    }
    relay = made
    key = made.key
    t.after(() => made.close().catch(() => {}))
    return made
  }

  async function deliver(body: unknown, who: Caller = caller): Promise<CustodyAnswer | null> {
    return present().custody.answer(who, custodyRequest.parse(body))
  }

  function present(): OpenRelay {
    if (!relay) throw new AppError('unavailable', 'The relay is away.')
    return relay
  }

  /** What the relay's routes do with a request. */
  function answer(path: string, body: unknown, who: Caller): Promise<unknown> {
    const [, id = '', what] = /^\/api\/relay\/shared\/(.+)\/(token|take)$/.exec(path) ?? []
    const { custody } = present()
    if (what === 'token') {
      const { sessionPublicKey, rejected } = tokenAsked.parse(body)
      return custody.lend(who, id, sessionPublicKey, rejected)
    }
    if (what === 'take') return custody.takeOver(who, id, taking.parse(body).desktopId)
    if (path === '/api/relay/shared') return custody.forDesktop(who.member).then(accounts => ({ accounts }))
    return deliver(body, who)
  }

  /** The way to the relay of a desktop, and of whoever is signed in there. */
  const linkOf = (who: Caller): Pick<RelayTokens, 'read' | 'request'> => ({
    async request(path, init = {}) {
      const text = typeof init.body === 'string' ? init.body : null
      const body: unknown = text === null ? null : JSON.parse(text)
      if (text !== null) traffic.push(text)
      const mishap = mishaps.shift()
      if (mishap === 'lost') throw new AppError('unavailable', 'The relay cannot be reached.')
      const earlier = sent[Math.floor(sent.length / 2)]
      if (mishap === 'again' && earlier) await answer(...earlier).catch(() => null)
      sent.push([path, body, who])
      if (mishap === 'twice') await answer(path, body, who)
      const said = await answer(path, body, who).catch((error: unknown) => AppError.from(error))
      if (mishap === 'answerLost') throw new AppError('unavailable', 'The relay cannot be reached.')
      if (said instanceof AppError) return Response.json({ code: said.code, message: said.message }, { status: 409 })
      traffic.push(JSON.stringify(said))
      return said ? Response.json(said) : new Response(null, { status: 204 })
    },
    read: async () => ({
      info: {
        name: 'Team',
        version: '1',
        issuer: 'http://127.0.0.1:1',
        publicKey: { ...publicHalf(key ?? (await current()).key), use: 'enc', alg: 'ECDH-ES' },
      },
      member: relayMember.parse({
        workspace: { id: 'w1', name: 'Team' },
        member: { ...who.member, id: who.member.userId },
        desktop: who.desktop,
      }),
      tokens: { access: 'access', accessExpiresAt: Number.MAX_SAFE_INTEGER, refresh: 'refresh' },
    }),
  })

  async function openDesktop({
    mortal = new Mortal(),
    timing = {},
    name = 'connections',
    now,
    who = caller,
    memory = nothingKept,
    tokens: tokenOptions = {},
  }: {
    mortal?: Mortal
    timing?: Partial<CustodyTiming>
    name?: string
    now?: () => number
    who?: Caller
    memory?: Memory
    tokens?: Partial<TokensOptions>
  } = {}) {
    const path = join(folder, `${name}.db`)
    const file = openDatabase(path)
    file.sqlite.exec('pragma synchronous = off')
    const plain = sqliteTokens(file, now)
    openCustodyTables(file)
    const database = mortal.through(plain)
    const sealer = sealerOf('desktop')
    const custody = createCustody({
      database,
      sealer,
      drainMs: shortTiming.drainMs,
      idleDaysOf: () => null,
      describe: async () => about,
      changed: () => {},
      withdrawn: () => {},
      memory,
      stays: () => {},
      relay: linkOf(who),
      timing: { retryMs: 5, longestRetryMs: 20, offerMs: 30_000, ...timing },
      ...(now && { now }),
    })
    const own = await enterProcess(plain, { folder: join(folder, 'processes'), nodeId: 'desktop', name: 'pid 1' })
    const tokens = createTokens({
      database,
      sealer,
      takeover: { by: 'proof' },
      timing: shortTiming,
      process: own,
      reach: async (_, client) => ({
        rotation: { class: kind },
        idleDays: null,
        refresh: request => refresh({ ...(party ?? provider.party), client, ...request }),
      }),
      isElsewhere: custody.isElsewhere,
      changed: id => custody.soon(id),
      report: () => {},
      ...tokenOptions,
    })
    const close = async () => {
      await custody.close()
      await tokens.close().catch(() => {})
      file.close()
    }
    let isOpen = true
    const closeOnce = async () => {
      if (isOpen) await close()
      isOpen = false
    }
    t.after(closeOnce)
    return {
      custody,
      tokens,
      path,
      close: closeOnce,
      /** The user signs in at the provider, here. */
      connect: () =>
        database.transaction(function* () {
          const grant = provider.signIn()
          const lives = { ...livesOf(grant, 0, null), accessLifeMs: lifeMs }
          yield* adoptGrant({ database: plain, sealer }, 'c1', { grant, client: provider.party.client, lives })
          yield* custody.reconnected('c1')
        }),
      /** What the relay said when this desktop took it over. */
      tookOver: async (taken: Taken) => {
        const keyId = (await current()).key.kid
        await database.transaction(() => custody.tookOver('c1', taken, keyId))
      },
      entry: () => plain.transaction(() => readEntry('c1')),
      refreshToken(): string | null {
        const found = file.sqlite.prepare('select * from connection_tokens').get()
        const row = found && readTokenRow(found)
        return row?.refreshToken ? sealer.open(JSON.stringify(['c1', row.grantId, row.generation, 'refresh']), row.refreshToken) : null
      },
      /** Everything that the file holds, for a search. */
      contents: () => JSON.stringify(['custody', 'connection_tokens'].map(table => file.sqlite.prepare(`select * from ${table}`).all())),
    }
  }

  async function current(): Promise<OpenRelay> {
    return relay ?? openRelay()
  }

  return {
    provider,
    folder,
    mishaps,
    traffic,
    logs,
    linkOf,
    openRelay,
    openDesktop,
    relayIs: (next: OpenRelay | null) => void (relay = next),
    deliver,
    /** A copy of the relay's database as it is now; and its return to that. The relay has to be closed. */
    backup(): () => void {
      const [name, kept] = [join(folder, 'relay.db'), join(folder, `${randomUUID()}.backup`)]
      copyFileSync(name, kept)
      return () => {
        for (const end of ['-wal', '-shm']) rmSync(name + end, { force: true })
        copyFileSync(kept, name)
      }
    },
  }
}

export type OpenRelay = { custody: Custody; database: Database; key: Awaited<ReturnType<typeof sealingKey>>; close(): Promise<void> }
export type World = Awaited<ReturnType<typeof createWorld>>
export type OpenDesktop = Awaited<ReturnType<World['openDesktop']>>
