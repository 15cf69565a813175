import { useEffect } from 'react'
import { create } from 'zustand'

/** `key` differs each time a line is asked for, so that the same one can be asked for again. */
export type AskedLine = { line: number; key: number }

const useAsked = create<Record<string, AskedLine>>(() => ({}))
let lastKey = 0

const keyOf = (appId: string, part: string): string => `${appId}/${part}`

/** Asks the editor of a part to show a line, now or as soon as it is there. `part` is `functions/<name>` or `flows/<name>`. */
export const askForLine = (appId: string, part: string, line: number): void =>
  useAsked.setState({ [keyOf(appId, part)]: { line, key: ++lastKey } })

/** The line to show in the editor of a part. It is forgotten with the editor. */
export function useAskedLine(appId: string, part: string): AskedLine | undefined {
  const key = keyOf(appId, part)
  useEffect(() => () => forget(key), [key])
  return useAsked(asked => asked[key])
}

function forget(key: string): void {
  useAsked.setState(asked => {
    const { [key]: _, ...others } = asked
    return others
  }, true)
}
