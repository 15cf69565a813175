/** The people of the practice accounts: a small support team. Robin is the one who uses Plugboard. */
export const domain = 'northwind.example'

export type Person = { name: string; realName: string }
export const robin: Person = { name: 'robin', realName: 'Robin Meyer' }
export const mia: Person = { name: 'mia', realName: 'Mia Chen' }
export const jonas: Person = { name: 'jonas', realName: 'Jonas Weber' }
export const priya: Person = { name: 'priya', realName: 'Priya Nair' }
export const team = [robin, mia, jonas, priya] as const

export const emailOf = ({ name }: Person) => `${name}@${domain}`
export const mailboxOf = (person: Person) => `${person.realName} <${emailOf(person)}>`

/** Times are told from now, so that an account looks lived in whenever it is made. */
export const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)

/** A moment of a coming or past day in UTC, on the hour. */
export function dayAt(daysFromNow: number, hour: number, minutes = 0): string {
  const day = new Date(Date.now() + daysFromNow * 86_400_000)
  day.setUTCHours(hour, minutes, 0, 0)
  return day.toISOString()
}
