/** Strings and templates are kept, as a template may hold a call; comments go. */
const stringsAndComments = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
const call = /\bconnectors\s*(?:\.\s*([A-Za-z0-9_]+)|\[\s*["']([a-z0-9_-]+)["']\s*\])\s*\.\s*([A-Za-z_$][\w$]*)\s*\(/g

export type ActionUse = { connector: string; action: string }

/** The connector actions that a function's source names, as `connectors.<connector>.<action>(`, each once. */
export function actionUses(source: string): ActionUse[] {
  const code = source.replaceAll(stringsAndComments, (_, text: string | undefined) => text ?? ' ')
  const uses = new Map<string, ActionUse>()
  for (const [, dotted, quoted, action] of code.matchAll(call)) {
    const connector = dotted ?? quoted
    if (connector && action) uses.set(`${connector}.${action}`, { connector, action })
  }
  return [...uses.values()]
}
