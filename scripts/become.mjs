import { spawn } from 'node:child_process'

/**
 * Goes on as another program. Where a process cannot turn into one, it stands between it and who started it. npm hands a signal only to
 * the shell between us, so the end of that is a request to end, too.
 */
export function become(program, args) {
  const parent = process.ppid
  const env = { ...process.env, PLUGBOARD_PARENT: String(parent) }
  if (process.execve && process.platform !== 'win32') process.execve(program, [program, ...args], env)
  const child = spawn(program, args, { stdio: 'inherit', env: { ...env, PLUGBOARD_PARENT: String(process.pid) } })
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref()
  // A terminal sends Ctrl+C to both; other senders only know this process.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', code => process.exit(code ?? 1))
}
