const who =
  '(?:users?|reps?|members?|persons?|people|employees?|customers?|clients?|staff|students?|teachers?|analysts?|agents?|coach(?:es)?|teammates?|visitors?|freelancers?|managers?|tutors?|patients?|doctors?|tenants?|owners?|creators?|recruiters?|everyone|someone|each|sellers?|hosts?|advisors?|consultants?)'
const own = '(?:(?:their|his|her|his or her|his/her) own|their|his or her)'
const link =
  '(?:connect(?:s|ing|ed)?|link(?:s|ing|ed)?|use(?:s|ing)?|sign(?:s|ing)? in (?:with|to)|log(?:s|ging)? in (?:with|to)|authori[sz](?:e|es|ing)|integrat(?:e|es|ing)|sync(?:s|ing)?|bring(?:s|ing)?|add(?:s|ing)?)'

const appUser: readonly RegExp[] = [
  new RegExp(`\\b${who}\\b[^.]{0,60}?\\b${link}\\b[^.]{0,30}?\\b${own}\\b`, 'i'),
  new RegExp(`\\b(?:each|every|any)\\b[^.,]{0,40}?\\b(?:can |will |may )?${link}\\b[^.]{0,20}?\\b${own}\\b`, 'i'),
  new RegExp(`\\b(?:each|every|any)(?: [a-z-]+){0,3} ${who}(?:'s|s')? (?:own|personal|connected) `, 'i'),
  /\b(?:from|to|in|on|with|via|using|into|through) (?:their|each user's|every user's|each member's|each person's) own\b/i,
  /\btheir own (?:[a-z]+ ){0,2}(?:account|inbox|calendar|mailbox|drive|workspace|gmail|outlook|slack|github|notion|google)/i,
  /\bper[- ](?:connected )?user\b|\bon their behalf\b|\bon behalf of (?:each|the|every) (?:user|member|rep)/i,
  new RegExp(`\\b(?:let|lets|allow|allows|enable|enables|help|helps)\\b[^.]{0,40}\\b${link} (?:their|his or her) `, 'i'),
]
const shared: readonly RegExp[] = [
  /\b(?:using|from|with|via|through) (?:your|our|the company|the team|the shared|one shared|a shared|the company's|the team's) [a-z ]{0,20}\baccount\b/i,
  /\bshared (?:account|connector|connection|inbox|mailbox|calendar)\b/i,
  /\b(?:company|team)(?:'s|-wide)? (?:gmail|slack|outlook|account)\b/i,
]

/** Whose account a prompt means, as far as it says. */
export function modeOf(text: string): 'shared' | 'app-user' | 'ask' {
  if (appUser.some(pattern => pattern.test(text))) return 'app-user'
  return shared.some(pattern => pattern.test(text)) ? 'shared' : 'ask'
}
