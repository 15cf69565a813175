import { KeyRound } from 'lucide-react'
import type { FlowSummary } from '../app-data.ts'
import { needsPermission } from '../runs/waiting-words.ts'
import { Chip } from '../ui/chip.tsx'

type Last = Pick<FlowSummary, 'lastRun'>

/** How a flow stands that cannot run until a person allows something. */
export const lackWord = ({ lastRun }: Last): string => (needsPermission(lastRun?.waiting) ? 'Waiting for permission' : 'Needs permission')

export const LackChip = ({ flow }: { flow: Last }) => (
  <Chip tone="warn" icon={<KeyRound />}>
    {lackWord(flow)}
  </Chip>
)
