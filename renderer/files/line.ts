/** Takes `line-14` off the end of an address. Lines count from 1. */
export function splitLine(path: readonly string[]): { path: string[]; line: number | null } {
  const [, digits] = /^line-(\d+)$/.exec(path.at(-1) ?? '') ?? []
  return digits ? { path: path.slice(0, -1), line: Number(digits) } : { path: [...path], line: null }
}

/** The first place in an app's file that a text names: `functions/post/entry.ts:6:12`. */
export function placeIn(text: string): { path: string; line: number } | null {
  const [, path, line] = /([\w@./-]+\.[cm]?[jt]sx?):(\d+)(?::\d+)?/.exec(text) ?? []
  return path && line ? { path, line: Number(line) } : null
}
