import { SourceMap, type SourceMapPayload } from 'node:module'

/**
 * A stack of the sandbox in terms of the app's files: `at postTicket (functions/post/entry.ts:5:9)`. Frames of the sandbox itself are left
 * out. `map`: the source map as JSON; its sources are relative to the app's root.
 */
export function readableStack(stack: string, map: string): string {
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload)
  const frames = stack
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .flatMap(line => {
      const [, name, lineNumber, column] = /^\s+at (?:async )?(?:(.*?) \()?data:text\/javascript;.*?:(\d+):(\d+)\)?$/.exec(line) ?? []
      if (!lineNumber || !column) return []
      const found = sourceMap.findEntry(Number(lineNumber) - 1, Number(column) - 1)
      if (!('originalSource' in found)) return []
      const place = `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`
      return [name ? `    at ${name} (${place})` : `    at ${place}`]
    })
  return frames.join('\n')
}
