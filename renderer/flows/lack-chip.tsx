import { KeyRound } from 'lucide-react'
import type { FlowSummary } from '../app-data.ts'
import { needsPermission } from '../runs/waiting-words.ts'
import { Chip } from '../ui/chip.tsx'

/** Beside the title of a flow that cannot run until a person allows something. */
export const LackChip = ({ flow }: { flow: Pick<FlowSummary, 'lastRun'> }) => (
  <Chip tone="warn" icon={<KeyRound />}>
    {needsPermission(flow.lastRun?.waiting ?? null) ? 'Waiting for permission' : 'Needs permission'}
  </Chip>
)
