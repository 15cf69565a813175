/** `npm start`: installs and builds what is missing, then runs Plugboard in the shell that fits this machine. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from './build.mjs'
import { chooseShell } from './choose-shell.mjs'
import { install } from './install.mjs'
import { pinnedNode, root, say } from './paths.mjs'

const ready = (await install()) && (await build())
const shell = ready ? await chooseShell() : { kind: null, line: null }
if (shell.line) say(shell.line)
if (!shell.kind) process.exit(1)

const args = process.argv.slice(2)
if (shell.kind === 'electron') become(shell.program, [root, ...args])
else become(pinnedNode(), [join(root, 'out/main/serve.js'), ...args])

/**
 * Goes on as another program. Where a process cannot turn into one, it stands between it and who started it. npm hands a signal only to
 * the shell between us, so the end of that is a request to end, too.
 */
function become(program, args) {
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
