import { rm, writeFile } from 'node:fs/promises'

export type Clock = {
  /** For the process whose clock is moved; it hands it on to its own. */
  env: Record<string, string>
  /** What time it is for the app. */
  now(): Date
  moveTo(time: Date): Promise<void>
  remove(): Promise<void>
}

/** A wall clock that can be set while the app runs (libfaketime, Debian's package `faketime`). Time that is measured goes on as it is. */
export async function movableClock(file: string): Promise<Clock> {
  let offsetSeconds = 0
  const write = () => writeFile(file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}`)
  await write()
  return {
    env: {
      // ld.so puts its own name of the folder in the place of $LIB.
      LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    now: () => new Date(Date.now() + offsetSeconds * 1000),
    async moveTo(time) {
      offsetSeconds = Math.round((time.getTime() - Date.now()) / 1000)
      await write()
    },
    remove: () => rm(file, { force: true }),
  }
}
