import { z } from 'zod'

/** What someone types to become a member or a user of an app. The e-mail is kept in small letters: it is the same mailbox. */
export const email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email({ error: 'This is no e-mail address.' }).max(200))
export const personName = z.string().trim().min(1, 'Tell your name.').max(80, 'Use a name of 80 characters at most.')

/** In characters. */
export const passwordLength = { least: 10, most: 128 } as const
