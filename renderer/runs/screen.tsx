import type { ScreenProps } from '../routes.ts'
import { Panel, PanelHead } from '../ui/panel.tsx'

export function Screen(_: ScreenProps) {
  return (
    <Panel>
      <PanelHead title="Runs" />
    </Panel>
  )
}
