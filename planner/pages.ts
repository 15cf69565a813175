/** The kinds of page a prompt speaks of. */
export function pagesIn(text: string): string[] {
  const found: Array<[RegExp, string]> = [
    [/\bdashboard\b/i, 'dashboard'],
    [/\b(?:table|list view)\b/i, 'table'],
    [/\bform\b(?! (?:entr|submi|respon))/i, 'form'],
    [/\bcalendar view|agenda view\b/i, 'calendar'],
    [/\bbutton\b/i, 'button'],
    [/\b(?:page|portal|view)\b/i, 'page'],
    [/\blist\b/i, 'list'],
    [/\btrack(?:er)? each|\blog\. track\b/i, 'table'],
    [/\bchat\b/i, 'chat'],
  ]
  return found.flatMap(([pattern, kind]) => (pattern.test(text) ? [kind] : []))
}
