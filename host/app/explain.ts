import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Path = (string | number)[]

/** What is wrong with a value, in one sentence a person can act on, and where in the value it is. */
export function explainIssues(issues: readonly Issue[], value: unknown): { path: Path; message: string }[] {
  return issues.flatMap(issue => explain(issue, value, []))
}

function explain(issue: Issue, root: unknown, above: Path): { path: Path; message: string }[] {
  const path = [...above, ...issue.path.map(part => (typeof part === 'number' ? part : String(part)))]
  if (issue.code === 'invalid_union' && issue.errors.length) {
    return likeliest(issue.errors).flatMap(inner => explain(inner, root, path))
  }
  if (issue.code === 'invalid_key' && issue.issues[0]) return [{ path, message: `“${spell(path)}”: ${issue.issues[0].message}` }]
  return [{ path, message: `${path.length ? `“${spell(path)}”` : 'This file'} ${predicate(issue, valueAt(root, path))}` }]
}

/** Of the shapes a value may have, the one it was probably meant to be: the one that fails deepest, then with the fewest issues. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const cost = (issues: readonly Issue[]) => issues.length + 10 * issues.filter(issue => issue.path.length <= 1).length
  return branches.reduce((best, branch) => (cost(branch) < cost(best) ? branch : best), branches[0] ?? [])
}

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function predicate(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing.'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? `“${String(issue.values[0])}”` : `one of ${issue.values.map(String).join(', ')}`}.`
    case 'invalid_union':
      // The value says which of several shapes is meant, and it is none of them.
      if ('options' in issue && Array.isArray(issue.options)) return `must be one of ${issue.options.map(String).join(', ')}.`
      return `may not be ${JSON.stringify(value)?.slice(0, 60)}.`
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? `must be ${String(issue.minimum)} or more.` : 'is too short.'
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${String(issue.maximum)} or less.`
        : `is too long: ${String(issue.maximum)} at most.`
    default:
      return `is not right. ${issue.message}`
  }
}

function spell(path: Path): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part), '')
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined),
    root,
  )
}
