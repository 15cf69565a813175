import { tools } from '../../connectors/catalogue.ts'
import type { AppModel } from '../../core/app/model.ts'
import type { Tool } from '../../core/connector.ts'
import type { WorkspaceClients } from '../../core/contract/account-requests.ts'
import type { ReleaseCheck } from '../../core/contract/publish.ts'
import type { PracticeUse } from '../../core/contract/relay.ts'

/**
 * One line for each tool whose account users of the app connect themselves: that they do, and whether they can. `relay`: what it has for
 * that.
 */
export function checkOwnAccounts(
  own: readonly Tool[],
  { clients, practice }: { clients: WorkspaceClients; practice: PracticeUse },
): ReleaseCheck[] {
  const mayPractise = practice.local || practice.service !== null
  return own.map(({ name, provider }) => {
    const text = `Each user connects their own ${name} account`
    if (clients.clients.some(client => client.provider === provider.id)) return { state: 'ok', text, detail: '' }
    const until = provider.practice && mayPractise ? 'so they connect practice accounts' : 'so nobody can'
    return {
      state: 'warning',
      text,
      detail: `The workspace has no OAuth client for ${provider.name} yet, ${until}: an admin adds one on ${clients.url}.`,
    }
  })
}

/** One line for each tool that users are to connect, and cannot: no page of the app has the place for it. `model`: with its first pages. */
export function checkPlaces(own: readonly Tool[], { pages }: Pick<AppModel, 'pages'>): ReleaseCheck[] {
  const blocks = pages.flatMap(({ page }) => page.blocks)
  const places = new Set(blocks.flatMap(block => (block.type === 'connect-account' ? [block.connector] : [])))
  return own
    .filter(({ id }) => !places.has(id))
    .map(({ id, name }) => ({
      state: 'warning',
      text: `No page lets users connect ${name}`,
      detail: `Add { "type": "connect-account", "connector": "${id}" } to the blocks of a page.`,
    }))
}

/** The tools that each user of an app connects with an account of their own. */
export const ownToolsOf = ({ connectors }: AppModel): Tool[] =>
  connectors.flatMap(({ connector: { type, mode } }) => (mode === 'app-user' && tools[type] ? [tools[type]] : []))
