import { Panel } from '../ui/panel.tsx'
export const Screen = (_: { appId: string; path: string[] }) => <Panel>{null}</Panel>
