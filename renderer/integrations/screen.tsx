import type { ScreenProps } from '../routes.ts'
import { Browse } from './browse.tsx'
import { ConnectorPage } from './connector-page.tsx'
import { MyIntegrations } from './my-integrations.tsx'

/** …/integrations/browse[/<connector>] and …/integrations/mine[/<connection>]. */
export function Screen({ appId, path: [place, id] }: ScreenProps) {
  if (place === 'mine') return <MyIntegrations appId={appId} openId={id ?? null} />
  return id ? <ConnectorPage appId={appId} connector={id} /> : <Browse appId={appId} />
}
