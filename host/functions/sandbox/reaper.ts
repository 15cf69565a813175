import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'

/**
 * Reads “born PID” and “gone PID” and ends what is left when nothing more can come. It uses the shell's own words only, so it starts no
 * programs; the signals that a terminal sends to everybody are not for it.
 */
const script = `
living=
while read -r what pid; do
  case $what in
    born) living="$living $pid" ;;
    gone)
      others=
      for each in $living; do [ "$each" = "$pid" ] || others="$others $each"; done
      living=$others ;;
  esac
done
for each in $living; do kill -9 "$each" 2>/dev/null; done
exit 0
`

const living = new Set<number>()
let reaper: Writable | undefined

/**
 * Sees to it that a sandbox ends with this process, however that ends: after `kill -9` nothing runs here any more, and code that loops
 * does not notice that its input has ended. A shell in a session of its own holds the other end of a pipe; what is alive when the pipe
 * breaks is killed. One for all sandboxes, started with the first. On Windows a process is in a job that ends with its parent already.
 */
export function endWithUs(pid: number, exited: Promise<unknown>): void {
  if (process.platform === 'win32' || pid <= 0) return
  living.add(pid)
  if (reaper) reaper.write(`born ${pid}\n`)
  else reaper = startReaper()
  void exited.then(() => {
    living.delete(pid)
    reaper?.write(`gone ${pid}\n`)
  })
}

function startReaper(): Writable {
  const child = spawn('/bin/sh', ['-c', script], { cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const { stdin } = child
  // Everything works without it but this; the next sandbox has another one started.
  const lost = () => {
    if (reaper === stdin) reaper = undefined
  }
  child.on('error', lost).on('exit', lost).unref()
  stdin.on('error', lost)
  if (stdin instanceof Socket) stdin.unref()
  for (const pid of living) stdin.write(`born ${pid}\n`)
  return stdin
}
