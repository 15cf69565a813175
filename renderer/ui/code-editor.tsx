import { lazy, Suspense } from 'react'
import type { CodeEditorProps } from './code-mirror.tsx'
import { Skeleton, Bone } from './skeleton.tsx'

// CodeMirror is a third of the page: it comes when the first editor is opened.
const CodeMirror = lazy(async () => ({ default: (await import('./code-mirror.tsx')).CodeMirror }))

/** An editor for code. Controlled by `value`; a `value` from outside replaces the text and keeps the cursor where it can. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense
      fallback={
        <Skeleton className="space-y-3 p-5">
          {['w-2/5', 'w-3/5', 'w-1/3', 'w-1/2', 'w-1/4'].map(width => (
            <Bone key={width} className={`h-2 ${width}`} />
          ))}
        </Skeleton>
      }
    >
      <CodeMirror {...props} />
    </Suspense>
  )
}
