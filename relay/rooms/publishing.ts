import { join } from 'node:path'
import type { Steps } from '../../host/store/engine.ts'
import { prepareRelease } from '../apps/prepare.ts'
import type { RelayConfig } from '../config.ts'
import { createHooks, type Hooks } from '../hooks/hooks.ts'
import { createActivation, type Activate, type ReleaseHooks } from '../releases/activate.ts'
import { createPieces, type Pieces } from '../releases/pieces.ts'
import { createReleases, type Releases } from '../releases/releases.ts'
import type { Ground } from './ground.ts'

/** What was published, and how a release becomes live. */
export type Publishing = { pieces: Pieces; releases: Releases; activation: Activate; webhooks: Hooks }

type Options = {
  config: Pick<RelayConfig, 'dataFolder' | 'versionsKept'>
  /** Takes the place of what is done to a release before it goes live. */
  hooks: Partial<ReleaseHooks> | undefined
  /** Steps by which those who run the app hear of what is live now. */
  announce(appId: string): Steps<void>
  onActivated: ReleaseHooks['onActivated']
}

export function openPublishing(ground: Ground, { config, hooks, announce, onActivated }: Options): Publishing {
  const { database, openApp, audit, envelope, log, url, now } = ground
  const pieces = createPieces(database)
  const releases = createReleases({ database, audit, pieces, url, versionsKept: config.versionsKept, announce, now })
  const webhooks = createHooks({ database, envelope, audit, url, now })
  const activation = createActivation({
    releases,
    pieces,
    cache: join(config.dataFolder, 'releases'),
    log,
    hooks: {
      async prepare(release) {
        await prepareRelease(release, openApp)
        await webhooks.prepare(release)
      },
      onActivated,
      ...hooks,
    },
  })
  return { pieces, releases, activation, webhooks }
}
