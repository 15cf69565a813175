/** The variables a child process may see: the time zone and language, temporary files, and what Windows' loader needs. */
const passed = ['TZ', 'LANG', 'LC_ALL', 'LC_TIME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir']

/** Sent along so that a clock moved with libfaketime moves for the children too. */
const clock = /^(LD_PRELOAD|DYLD_INSERT_LIBRARIES|FAKETIME.*|DONT_FAKE_MONOTONIC)$/

/** The environment of the host process. Everything else stays with the shell, most of all tokens that a terminal may hold. */
export function hostEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const movesClock = /faketime/i.test(environment['LD_PRELOAD'] ?? environment['DYLD_INSERT_LIBRARIES'] ?? '')
  const entries = Object.entries(environment).filter(([name]) => passed.includes(name) || (movesClock && clock.test(name)))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
