const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

export const determiners = set(
  'a an the my our your their his her its this that these those each every any all some new another which whose one of specific certain given',
)
export const pronouns = set('they he she i we me us you them it him her everyone everybody someone people this that those these')
export const prepositions = set(
  'to into onto in on at from of via using with through by inside within for as about under between before after against out off over during',
)
export const towards = set('to into onto in on inside at')
export const through = set('via using through with by')
export const outOf = set('from of off')

/** Words that may stand before a verb without changing what is asked. */
export const leadIns = set(
  "please also then and or & + just automatically instantly immediately directly auto first next finally can could would should will shall must to i we you it they he she that which who ll so now kindly id like lets let's where either both simply additionally",
)

/** Begin the part of a sentence that says when. Longest first. */
export const triggerMarkers: readonly string[] = [
  'every time that',
  'every time',
  'each time',
  'any time',
  'anytime',
  'as soon as',
  'whenever',
  'when',
  'if',
  'once',
  'upon',
  'in case',
  'for every new',
  'for each new',
  'for all new',
  'for any new',
  'for new',
  'from new',
  'of new',
  'on every new',
  'on each new',
  'on a new',
  'on new',
  'with every new',
  'with each new',
  'with new',
  'for every',
  'for each',
  'on every',
  'on each',
  'after',
  'triggered by',
  'based on new',
  'by webhook',
  'from a webhook',
  'via webhook',
  'from webhook',
  'via a webhook',
  'by a webhook',
  'from webhooks',
  'via webhooks',
]

/** What happened to a record, by the verb's base form (participles are read back to it). */
export const eventVerbs: Readonly<Record<'created' | 'updated' | 'deleted', ReadonlySet<string>>> = {
  created: set(
    'create add submit place make report receive sign signup register book open upload log post arrive come enter file insert record raise fill join subscribe buy purchase order start get respond send schedule hire request generate complete-form',
  ),
  updated: set(
    'update change edit move mark set approve confirm complete close assign reach become resolve cancel pay ship reject finish publish accept decline flag label tag star modify expire pass turn go fall drop exceed win lose sign-off finalize verify fail deliver refund renew overdue hit escalate solve merge rename',
  ),
  deleted: set('delete remove trash erase archive'),
}

/** Nouns that name the app or its parts, not data. */
export const appWords = set(
  'app application dashboard site website tool system platform crm portal page workflow automation flow zap scenario agent bot',
)
export const recordWords = set('record row entry item data object entity table collection database list')

/** Builders and engines people name by habit. They ask for nothing. */
export const builders = set('ifttt zapier n8n make pipedream base44 plugboard copilot lovable')

/** Services of intelligence: a step that thinks, not a tool to connect. */
export const thinkers = set(
  'openai chatgpt gpt gpt-4 gpt-4o gpt4 gpt-3 gpt-5 claude gemini ai llm anthropic mistral deepseek perplexity ollama',
)
