import { Panel } from '../ui/panel.tsx'
export const SettingsScreen = (_: { appId: string | null; path: string[] }) => <Panel>{null}</Panel>
