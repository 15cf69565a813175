import { dictionary } from '../vocabulary/dictionary.ts'

/** A word of the prompt. `low` is what rules read; `text` and its place are what values are taken from. `gap` is the punctuation before it. */
export type Word = { text: string; low: string; start: number; end: number; gap: string }

const word = /#?[\p{L}\p{N}][\p{L}\p{N}'’_]*(?:[-.@][\p{L}\p{N}_]+)*/gu

/** One way to write quotes, dashes and arrows; markup and control characters out; a length no rule minds. */
export function tidy(prompt: string): string {
  return (
    prompt
      .slice(0, 4000)
      .normalize('NFC')
      .replace(/<[^<>]{0,400}>/g, ' ')
      // oxlint-disable-next-line no-control-regex -- exactly the characters that a prompt may not hold
      .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u2028\u2029]+/g, ' ')
      .replace(/[‘’`´]/g, "'")
      .replace(/[“”„«»]/g, '"')
      .replace(/\s*(?:→|⇒|➜|➔|=>|-+>|>>?)\s*/g, ' → ')
      .replace(/\s+[–—-]+\s+/g, ' — ')
      .replace(/\be-?mails\b/gi, match => (match.startsWith('E') ? 'Emails' : 'emails'))
      .replace(/\be-?mail/gi, match => (match.startsWith('E') ? 'Email' : 'email'))
      .replace(/\bto[- ]do\b/gi, match => (match.startsWith('T') ? 'To-do' : 'to-do'))
      .replace(/\s+/g, ' ')
      .trim()
  )
}

export function wordsOf(text: string): Word[] {
  const words: Word[] = []
  let last = 0
  for (const match of text.matchAll(word)) {
    const at = match.index
    words.push({
      text: match[0],
      low: match[0].toLowerCase().replace(/'s$/, ''),
      start: at,
      end: at + match[0].length,
      gap: text.slice(last, at),
    })
    last = at + match[0].length
  }
  return words
}

const odd = dictionary({
  people: 'person',
  men: 'man',
  women: 'woman',
  children: 'child',
  data: 'data',
  news: 'news',
  status: 'status',
  address: 'address',
  business: 'business',
  progress: 'progress',
  analysis: 'analysis',
  series: 'series',
  invoices: 'invoice',
  expenses: 'expense',
  purchases: 'purchase',
  leases: 'lease',
  cases: 'case',
  courses: 'course',
  'pull requests': 'pull request',
  prs: 'pr',
  'to-dos': 'to-do',
  todos: 'todo',
  databases: 'database',
  responses: 'response',
  releases: 'release',
  movies: 'movie',
  ties: 'tie',
  houses: 'house',
  nurses: 'nurse',
  warehouses: 'warehouse',
  sales: 'sale',
  bus: 'bus',
  campus: 'campus',
  bonus: 'bonus',
  virus: 'virus',
  basis: 'basis',
  crisis: 'crisis',
})

/** The singular of a lower-case noun. */
export function singular(noun: string): string {
  const known = odd.get(noun)
  if (known) return known
  if (/[^aeiou]ies$/.test(noun)) return `${noun.slice(0, -3)}y`
  if (/(s|x|z|ch|sh)es$/.test(noun)) return noun.slice(0, -2)
  if (/[^su]s$/.test(noun) && noun.length > 3) return noun.slice(0, -1)
  return noun
}

/** The plural, for words in sentences and function names. */
export function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`
  if (/(s|x|z|ch|sh)$/.test(noun)) return `${noun}es`
  return `${noun}s`
}
