export type DiffLine = { kind: 'same' | 'added' | 'removed' | 'gap'; text: string }

/** Beyond so many different lines the shortest way is not looked for: all of them are shown as replaced. */
const mostLines = 1500

/** The shortest way from one text to another, line by line (longest common subsequence). */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  const middle =
    left.length > mostLines || right.length > mostLines ? [...mark('removed', left), ...mark('added', right)] : shortest(left, right)
  return [...mark('same', a.slice(0, start)), ...middle, ...mark('same', a.slice(a.length - end))]
}

/** What differs, with `around` lines on each side, and a gap where more was left out. */
export function shortenDiff(lines: readonly DiffLine[], around = 3): DiffLine[] {
  const near = new Set(
    lines.flatMap(({ kind }, at) => (kind === 'same' ? [] : Array.from({ length: 2 * around + 1 }, (_, offset) => at - around + offset))),
  )
  const shown = lines.flatMap((line, at): DiffLine[] => (near.has(at) ? [line] : [{ kind: 'gap', text: '' }]))
  const once = shown.filter(({ kind }, at) => kind !== 'gap' || shown[at - 1]?.kind !== 'gap')
  return once.filter(({ kind }, at) => kind !== 'gap' || (at > 0 && at < once.length - 1))
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

const mark = (kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] => lines.map(text => ({ kind, text }))

function shortest(a: readonly string[], b: readonly string[]): DiffLine[] {
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] ?? '' })
      i += 1
      j += 1
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) lines.push({ kind: 'removed', text: a[i++] ?? '' })
    else lines.push({ kind: 'added', text: b[j++] ?? '' })
  }
  return lines
}
