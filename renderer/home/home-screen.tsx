import { Panel } from '../ui/panel.tsx'
export const HomeScreen = () => <Panel>{null}</Panel>
