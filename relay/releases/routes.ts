import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { appId } from '../../core/app/names.ts'
import {
  appReleases,
  draft,
  draftRequest,
  freePlace,
  freePlaceRequest,
  piecesRequest,
  publishedApp,
  rollBackRequest,
  versionRequest,
  type ActivationEvent,
} from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { frameHead } from '../../core/release/frames.ts'
import { sha256 } from '../../core/release/manifest.ts'
import { limitBody } from '../../host/api/body-limit.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { desktopOf, publisherOf } from '../web/desktop-member.ts'
import { addressOf, type RelayEnv } from '../web/request.ts'
import { toStream } from '../web/to-stream.ts'
import type { Switch } from './releases.ts'

/** A list of 5,000 files with long paths. */
const listBytes = 2_500_000
/** What one request may send of pieces; desktops send less, so that a slow line is not cut for the time it takes. */
const piecesBytes = 32_000_000

/** Publishing, for desktops: lists of files and versions as JSON, pieces as frames, an activation as a line for each step. */
export function releaseRoutes({ desktops, publishTokens, releases, pieces, activation }: Rooms): Hono<RelayEnv> {
  const app = new Hono<RelayEnv>()
  const memberOf = async (c: Context<RelayEnv>): Promise<Member> => (await desktopOf(c, desktops)).member
  /** For the requests that make up a publish. */
  const publisher = (c: Context<RelayEnv>): Promise<Member> => publisherOf(c, { desktops, publishTokens })

  app.get('/', async c => c.json(z.array(publishedApp).parse(await releases.apps(await memberOf(c)))))

  app.get('/:app', async c => c.json(appReleases.parse(await releases.app(await publisher(c), nameIn(c)))))

  app.get('/:app/free-place', async c => {
    const wish = freePlaceRequest.safeParse(c.req.query())
    if (!wish.success) throw misunderstood(wish.error)
    return c.json(freePlace.parse(await releases.freePlace(await publisher(c), nameIn(c), wish.data.name)))
  })

  app.get('/:app/releases/:release', async c => c.json({ files: await releases.manifest(await memberOf(c), nameIn(c), releaseIn(c)) }))

  app.post('/:app/releases', limitBody(listBytes), async c => {
    const member = await publisher(c)
    return c.json(draft.parse(await releases.propose(member, nameIn(c), await readBody(c, draftRequest))))
  })

  app.put('/:app/releases/:release/pieces', async c => {
    const member = await publisher(c)
    demand(member, 'apps.publish')
    const files = await releases.manifest(member, nameIn(c), releaseIn(c))
    await pieces.take(member.workspaceId, files, atMost(piecesBytes, c.req.raw.body))
    return c.json(draft.parse({ releaseId: releaseIn(c), missing: await pieces.missing(member.workspaceId, files) }))
  })

  app.post('/:app/pieces', limitBody(listBytes), async c => {
    const member = await memberOf(c)
    const { pieces: wanted } = await readBody(c, piecesRequest)
    const known = await releases.piecesOf(
      member,
      nameIn(c),
      wanted.map(piece => piece.sha256),
    )
    if (wanted.some(piece => !known.has(piece.sha256))) throw new AppError('not_found', 'This file is in no release of the app.')
    const read = (hash: string) => pieces.read(member.workspaceId, hash)
    return c.body(toStream(frames(wanted, read)), 200, { 'content-type': 'application/octet-stream' })
  })

  app.post('/:app/versions', limitBody(listBytes), async c => {
    const member = await publisher(c)
    const body = await readBody(c, versionRequest)
    return activate(c, member, { kind: 'publish', appId: nameIn(c), ip: addressOf(c), ...body })
  })

  app.post('/:app/live', limitBody(listBytes), async c => {
    const member = await memberOf(c)
    const body = await readBody(c, rollBackRequest)
    const releaseId = await releases.releaseOf(member, nameIn(c), body.number)
    return activate(c, member, { kind: 'roll back', appId: nameIn(c), releaseId, ip: addressOf(c), ...body })
  })

  /** Goes on to its end when nobody listens any more: what was begun is done or left, never half. */
  function activate(c: Context<RelayEnv>, member: Member, wish: Switch): Response {
    demand(member, 'apps.publish')
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, { highWaterMark: 16 })
    const writer = writable.getWriter()
    const tell = (event: ActivationEvent) => void writer.write(new TextEncoder().encode(`${JSON.stringify(event)}\n`)).catch(() => {})
    void activation.activate(member, wish, tell).finally(() => writer.close().catch(() => {}))
    return c.body(readable, 200, { 'content-type': 'application/x-ndjson' })
  }

  return app
}

async function* frames(
  wanted: readonly { sha256: string; offset: number }[],
  read: (sha256: string) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const { sha256, offset } of wanted) {
    const bytes = await read(sha256)
    if (offset > bytes.length) continue
    yield frameHead({ sha256, size: bytes.length, offset })
    if (offset < bytes.length) yield bytes.subarray(offset)
  }
}

/** Counted as it comes, for what came before a cut is kept. */
async function* atMost(most: number, chunks: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  let received = 0
  for await (const chunk of chunks ?? []) {
    received += chunk.length
    if (received > most) throw new AppError('validation', `A request may send ${most / 1e6} MB of files at most. Send the rest in another.`)
    yield chunk
  }
}

const nameIn = (c: Context): string => {
  const parsed = appId.safeParse(c.req.param('app'))
  if (parsed.success) return parsed.data
  throw new AppError('not_found', 'There is no app of this name.')
}

const releaseIn = (c: Context): string => {
  const parsed = sha256.safeParse(c.req.param('release'))
  if (parsed.success) return parsed.data
  throw new AppError('not_found', 'There is no release of this name.')
}

async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => null))
  if (parsed.success) return parsed.data
  throw misunderstood(parsed.error)
}

const misunderstood = (error: z.ZodError) =>
  new AppError('validation', 'The relay does not understand this request. Is Plugboard up to date on both sides?', {
    details: z.prettifyError(error),
  })
