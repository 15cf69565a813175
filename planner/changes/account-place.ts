import { page as pageSchema, type Page } from '../../core/app/page.ts'
import type { AppModel } from '../../core/app/model.ts'
import { jsoncText } from './jsonc.ts'

type Place = { file: string; page: Page }

/**
 * The page that gets a place to connect an account of one's own: the first that shows one of these entities, else one where accounts are
 * connected already, else the home page. Null when the app has such a place, or no pages: those it gets when it is published have one.
 */
export function placeForAccount({ pages }: Pick<AppModel, 'pages'>, connector: string, entities: readonly string[]): Place | null {
  if (pages.some(({ page }) => page.blocks.some(block => block.type === 'connect-account' && block.connector === connector))) return null
  const first = (fits: (block: Page['blocks'][number]) => boolean) => pages.find(({ page }) => page.blocks.some(fits))
  return (
    first(block => 'entity' in block && typeof block.entity === 'string' && entities.includes(block.entity)) ??
    first(({ type }) => type === 'connect-account') ??
    pages[0] ??
    null
  )
}

/** The pages with a place for each of these accounts, behind what they show. */
export function withAccountPlaces(
  model: AppModel,
  connectors: readonly string[],
  entities: readonly string[],
): { path: string; text: string }[] {
  const changed = new Map<string, Page>()
  for (const connector of connectors) {
    const place = placeForAccount(model, connector, entities)
    if (!place) continue
    const page = changed.get(place.file) ?? place.page
    changed.set(place.file, { ...page, blocks: [...page.blocks, { type: 'connect-account', connector }] })
  }
  return [...changed].map(([path, page]) => ({ path, text: jsoncText(pageSchema.parse(page)) }))
}
