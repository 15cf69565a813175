import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { ReleaseChange } from '../../core/contract/publish.ts'
import type { ActivationEvent } from '../../core/contract/releases.ts'
import { AppError } from '../../core/errors.ts'
import { describeChanges, type Side } from '../../host/app/release-changes.ts'
import { demand, type Member } from '../members/roles.ts'
import type { Rooms } from '../rooms.ts'
import { addressOf, readFields, type RelayEnv } from '../web/request.ts'
import { parseFields } from './forms.ts'
import { memberPage } from './frame.ts'
import { question, table, type Html } from './layout.ts'
import { time } from './time.ts'
import { publishedApp } from './published-app.ts'

const number = z.coerce.number().int().positive()
/** `base`: the version that was live when the question was asked. */
const form = z.object({ version: number, base: number })

/** The way back to an earlier version: what it would change, and doing it. */
export function rollBackPages(rooms: Rooms): Hono<RelayEnv> {
  const { activation, releases, workspace } = rooms
  const app = new Hono<RelayEnv>()

  async function find(c: Context<RelayEnv>, wanted: unknown) {
    const { member } = c.get('visitor')
    demand(member, 'apps.publish')
    const published = await publishedApp(rooms, c)
    const known = await releases.app(member, published.id)
    const version = known?.versions.find(each => each.number === number.catch(0).parse(wanted))
    if (!version) throw new AppError('not_found', 'There is no such version of this app on the relay.')
    return { member, published, version }
  }

  app.get('/apps/:app/roll-back', async c => {
    const { member, published, version } = await find(c, c.req.query('version'))
    const { id, name, live } = published
    const changes = await difference(member, id, live.releaseId, version.releaseId)
    return c.html(
      memberPage({
        member,
        workspace: workspace.name,
        place: 'apps',
        up: { href: `/apps/${id}`, name },
        title: `Roll back to version ${version.number}`,
        body: html`${question({
            text: html`Everyone uses <strong>version ${version.number}</strong> (“${version.title}”, by ${version.by}, ${time(version.at)})
              from then on, in place of version ${live.number}. Records stay as they are.`,
            action: `/apps/${id}/roll-back`,
            fields: { version: String(version.number), base: String(live.number) },
            confirm: 'Roll back',
            cancel: `/apps/${id}`,
          })}
          <h2>What changes by that</h2>
          ${changes.length ? changeTable(changes) : html`<p>Nothing: both have the same files.</p>`}`,
      }),
    )
  })

  app.post('/apps/:app/roll-back', async c => {
    const { version: wanted, base } = parseFields(form, await readFields(c))
    const { member, published, version } = await find(c, wanted)
    const wish = {
      kind: 'roll back',
      appId: published.id,
      releaseId: version.releaseId,
      number: version.number,
      base,
      ip: addressOf(c),
    } as const
    let ended: ActivationEvent | undefined
    await activation.activate(member, wish, event => (ended = event))
    if (ended?.type === 'failed') throw AppError.fromShape(ended.error)
    if (ended?.type !== 'live')
      throw new AppError('conflict', 'Files of this version are missing on the relay. Publish it again from a desktop.')
    return c.redirect(`/apps/${published.id}`, 303)
  })

  async function difference(member: Member, id: string, from: string, to: string): Promise<ReleaseChange[]> {
    const side = async (releaseId: string): Promise<Side> => {
      const { folder, model, files } = await activation.unpackFor(member, id, releaseId)
      const known = new Set(files.map(({ path }) => path))
      return { model, files, read: async path => (known.has(path) ? readFile(join(folder, path), 'utf8') : null) }
    }
    return describeChanges(await side(from), await side(to), new Set())
  }
  return app
}

const words = { added: 'comes back', changed: 'changes', removed: 'goes' } as const

const changeTable = (changes: readonly ReleaseChange[]): Html =>
  table(
    'What changes',
    [{ name: 'What', kind: 'main' }, { name: 'How' }, { name: 'In words' }],
    changes.map(({ part, name, kind, detail }) => [html`${name}<small>${part}</small>`, words[kind], detail]),
  )
