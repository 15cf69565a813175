import { TriangleAlert } from 'lucide-react'
import type { Problem } from '../../core/app/model.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'

/** What is wrong with a flow's file, where, and what that means for the flow. */
export function FileProblem({
  problem: { path, line, message },
  keepsRunning,
  onOpen,
}: {
  problem: Problem
  keepsRunning: boolean
  onOpen?: () => void
}) {
  return (
    <div role="status" className="flex-none border-b border-line p-3">
      <Note
        tone="warn"
        icon={<TriangleAlert />}
        action={
          onOpen && (
            <Button size="sm" className="text-ink" onClick={onOpen}>
              {line ? `Open line ${line}` : 'Open the file'}
            </Button>
          )
        }
      >
        <b className="font-medium">
          {path}
          {line && `, line ${line}`}:
        </b>{' '}
        {message} {keepsRunning ? 'The last good version keeps running.' : 'The flow does not run until this is put right.'}
      </Note>
    </div>
  )
}
