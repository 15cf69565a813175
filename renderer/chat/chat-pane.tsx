import { Panel } from '../ui/panel.tsx'
export const ChatPane = (_: { appId: string }) => <Panel as="aside">{null}</Panel>
