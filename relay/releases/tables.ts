import type { Database } from '../../host/store/engine.ts'
import { sql } from 'kysely'

/**
 * What was published, and the pieces it is made of. Pieces belong to a workspace: nobody learns from an upload what another one holds.
 * `received` counts the bytes that are there from the start on; `whole` is 1 once their hash was found to be right. Times are epoch ms.
 */
export async function createReleaseTables(database: Database): Promise<void> {
  const { text, integer, bytes, strict } = database.types
  await database.migrate('releases-1', function* () {
    yield sql`create table apps (id ${text} not null primary key, workspace_id ${text} not null references workspaces (id),
      name ${text} not null, live_version ${integer}, created_at ${integer} not null) ${strict}`
    yield sql`create table releases (app_id ${text} not null references apps (id), id ${text} not null, name ${text} not null,
      manifest ${text} not null, touched_at ${integer} not null, primary key (app_id, id)) ${strict}`
    yield sql`create table release_pieces (app_id ${text} not null, release_id ${text} not null, sha256 ${text} not null,
      primary key (app_id, release_id, sha256), foreign key (app_id, release_id) references releases (app_id, id) on delete cascade) ${strict}`
    yield sql`create index release_pieces_by_hash on release_pieces (sha256)`
    yield sql`create table versions (app_id ${text} not null, number ${integer} not null, release_id ${text} not null, title ${text} not null,
      published_by ${text} not null, published_at ${integer} not null, primary key (app_id, number),
      foreign key (app_id, release_id) references releases (app_id, id)) ${strict}`
    yield sql`create table pieces (workspace_id ${text} not null, sha256 ${text} not null, size ${integer} not null, received ${integer} not null,
      whole ${integer} not null, primary key (workspace_id, sha256)) ${strict}`
    yield sql`create table piece_parts (workspace_id ${text} not null, sha256 ${text} not null, at ${integer} not null, bytes ${bytes} not null,
      primary key (workspace_id, sha256, at),
      foreign key (workspace_id, sha256) references pieces (workspace_id, sha256) on delete cascade) ${strict}`
  })
  // The word for an app in addresses. What was published before there were any keeps its id for one.
  await database.migrate('releases-2', function* () {
    yield sql`alter table apps add column slug ${text}`
    yield sql`update apps set slug = id where live_version is not null`
    yield sql`create unique index apps_by_slug on apps (slug)`
  })
}
