import { spawn } from 'node:child_process'

/**
 * Runs a program to its end. With `quiet` its output is kept, and given with the result; with `echo` it is shown as well. Resolves with
 * the exit code (null when it was killed after `timeoutMs`, or could not be started), never rejects.
 */
export function runProgram(command, args, { quiet = false, echo = false, timeoutMs, ...options } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: quiet || echo ? ['ignore', 'pipe', 'pipe'] : 'inherit', ...options })
    let output = ''
    const keep = text => {
      output += text
      if (echo) process.stdout.write(text)
    }
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    const timer = timeoutMs && setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const end = code => {
      clearTimeout(timer)
      resolve({ code, output })
    }
    child.on('error', () => end(null))
    child.on('close', end)
    // What it started and left behind may hold its output open for ever.
    if (echo) child.on('exit', code => setTimeout(end, 1000, code))
  })
}

/** npm as it was started, or the one on the PATH. */
export function runNpm(args, options) {
  const cli = process.env['npm_execpath']
  if (cli?.endsWith('.js')) return runProgram(process.env['npm_node_execpath'] ?? process.execPath, [cli, ...args], options)
  return runProgram('npm', args, { shell: process.platform === 'win32', ...options })
}
