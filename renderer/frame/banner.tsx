import { TriangleAlert } from 'lucide-react'
import { useInfo } from '../app-data.ts'
import { useConnection } from '../client.ts'
import { Note } from '../ui/card.tsx'
import { ProgressRing } from '../ui/progress.tsx'

/** What concerns the whole window: main is away, or this machine has a problem. */
export function Banner() {
  const status = useConnection(state => state.status)
  const problem = useInfo().data?.problem
  if (status === 'lost')
    return (
      <div role="status" className="px-2 pb-2">
        <Note tone="warn" icon={<ProgressRing label="Reconnecting" />}>
          Reconnecting… What you see may be out of date. Nothing is lost.
        </Note>
      </div>
    )
  if (!problem) return <div />
  return (
    <div role="status" className="px-2 pb-2">
      <Note tone="warn" icon={<TriangleAlert />}>
        {problem}
      </Note>
    </div>
  )
}
