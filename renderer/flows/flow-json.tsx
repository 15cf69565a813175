import type { Problem } from '../../core/app/model.ts'
import { useAskedLine } from '../files/asked-line.ts'
import type { useFile } from '../files/files.ts'
import { SaveProblem } from '../files/save-state.tsx'
import { CodeEditor } from '../ui/code-editor.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

type Props = { appId: string; name: string; file: ReturnType<typeof useFile>; path: string; title: string; problems: Problem[] }

/** A flow's file as text. It is saved as it is typed, whole or not: what cannot be read yet does not run. */
export function FlowJson({ appId, name, file, path, title, problems }: Props) {
  const asked = useAskedLine(appId, `flows/${name}`)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <SaveProblem file={file} name={path} />
      <div className="min-h-0 flex-1">
        {file.text === null ? (
          file.state === 'loading' && <Skeleton rows={6} />
        ) : (
          <CodeEditor
            label={`JSON of ${title}`}
            language="json"
            value={file.text}
            onChange={file.edit}
            onSave={() => void file.save()}
            problems={problems}
            {...(asked && { line: asked.line, lineKey: asked.key })}
          />
        )}
      </div>
    </div>
  )
}
