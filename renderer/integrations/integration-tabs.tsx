import { useConnections } from '../app-data.ts'
import { hrefOf } from '../routes.ts'
import { Tabs } from '../ui/tabs.tsx'

export function IntegrationTabs({ appId, current }: { appId: string; current: 'browse' | 'mine' }) {
  const { data } = useConnections(appId)
  const href = (place: string) => hrefOf({ app: appId, screen: 'integrations', path: [place] })
  return (
    <Tabs
      label="Integrations"
      current={current}
      tabs={[
        { id: 'browse', title: 'Browse', href: href('browse') },
        { id: 'mine', title: 'My integrations', href: href('mine'), count: data?.length },
      ]}
    />
  )
}
