import { TriangleAlert } from 'lucide-react'
import { AppError } from '../../core/errors.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/card.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { toast } from '../ui/toast.tsx'
import type { useFile } from './files.ts'

type File = ReturnType<typeof useFile>

/** “Saving…”, “Saved just now”: where an open file stands, beside its name. */
export function SaveState({ file }: { file: File }) {
  switch (file.state) {
    case 'loading':
      return null
    case 'typing':
    case 'saving':
      return <Said>Saving…</Said>
    case 'failed':
    case 'conflict':
      return <span className="truncate text-12 text-bad-text">Not saved</span>
    case 'saved':
      return (
        <Said>
          Saved
          {file.savedAt !== null && (
            <>
              {' '}
              <RelativeTime at={new Date(file.savedAt).toISOString()} inline />
            </>
          )}
        </Said>
      )
  }
}

const Said = ({ children }: { children: React.ReactNode }) => <span className="truncate text-12 text-ink-3">{children}</span>

/** What keeps an open file from being saved, and the ways on. Nothing when all is well. */
export function SaveProblem({ file, name }: { file: File; name: string }) {
  if (file.state === 'failed' && file.error)
    return (
      <ErrorNote
        className="m-3 flex-none"
        error={{ ...file.error.toJSON(), action: { kind: 'retry' }, details: file.error.details }}
        onRetry={() => void file.save()}
      />
    )
  if (file.state !== 'conflict') return null
  return (
    <div role="alert" className="m-3 flex-none">
      <Note
        tone="warn"
        icon={<TriangleAlert />}
        action={
          <span className="flex flex-none gap-2">
            <Button size="sm" className="text-ink" onClick={() => void loadTheirs(file)}>
              Load theirs
            </Button>
            <Button size="sm" className="text-ink" onClick={() => void file.keepMine().catch(error => toast.error(AppError.from(error)))}>
              Keep mine
            </Button>
          </span>
        }
      >
        {name} was changed elsewhere while you were typing. Both versions are kept until you choose.
      </Note>
    </div>
  )
}

async function loadTheirs(file: File): Promise<void> {
  try {
    const mine = await file.loadTheirs()
    if (mine !== null) toast.undo('Their version is loaded.', () => file.edit(mine))
  } catch (error) {
    toast.error(AppError.from(error))
  }
}
