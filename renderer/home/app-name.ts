const filler = new Set(
  'a an the my our your their its this that these those me us of to in on at by for from with into and or when whenever every each using use new is are was be it i we you app apps please can could would should all'.split(
    ' ',
  ),
)
const verbs = new Set('post send make create build sync collect put show list keep track write add tell notify email mail'.split(' '))
const longestWords = 3

/** A first name for an app that begins with a prompt: what it is about, in up to three words. The user can rename it. */
export function appNameFor(prompt: string): string {
  const words = (prompt.match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu) ?? []).filter(word => !filler.has(word.toLowerCase()))
  const [first, ...rest] = words
  const subject = (first && rest.length > 0 && verbs.has(first.toLowerCase()) ? rest : words).slice(0, longestWords).join(' ')
  return subject ? subject.slice(0, 1).toUpperCase() + subject.slice(1, 60) : 'New app'
}
