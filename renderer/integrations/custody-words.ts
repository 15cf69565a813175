import type { ConnectionRow } from '../app-data.ts'

type Row = Pick<ConnectionRow, 'custody'>

/** Where the token of a shared account lives, as far as `relay` (“the Fernhill relay”) is concerned, and who may change that. Null where there never was one. */
export function placeWords({ custody }: Row, relay: string): string | null {
  if (!custody) return null
  switch (custody.state) {
    case 'relay':
      if (custody.by)
        return `On ${relay}, connected by ${custody.by.name} on ${day(custody.by.at)}.${custody.mayReturn ? ' You can take it back.' : ''}`
      return custody.want === 'here'
        ? `Coming back from ${relay}…`
        : `Token on ${relay}.${custody.mayReturn ? ' You can take it back.' : ''}`
    case 'moving':
      return custody.want === 'relay' ? `Moving to ${relay}…` : `Coming back from ${relay}…`
    case 'choose':
      return `${custody.otherAccount?.label ?? 'Another account'} was connected on ${relay} meanwhile.`
    case 'here':
      return custody.want === 'relay' ? `Goes to ${relay} as soon as it can.` : 'Token on this computer.'
    case 'taken':
      return `Taken back from ${relay} to ${custody.by?.name ?? 'another desktop'}.`
  }
}

const day = (at: string): string => new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** Another desktop gave it to the relay: it is used here, and changed elsewhere. */
export const isLent = ({ custody }: Row): boolean => custody?.state === 'relay' && custody.by !== undefined

/** The other place that the user may wish the token to be in. Null while two accounts are to be chosen from, and for an account that was connected on the relay. */
export function otherPlace({ custody }: Row): 'here' | 'relay' | null {
  if (custody?.state === 'choose' || custody?.state === 'taken' || (custody?.want === 'relay' && !custody.mayReturn)) return null
  return custody?.want === 'relay' ? 'here' : 'relay'
}
