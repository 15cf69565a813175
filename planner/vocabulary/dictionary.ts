/** A table to look words up in. A word such as “constructor” finds nothing that is not in it. */
export const dictionary = <T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> => new Map(Object.entries(entries))
