import { readFile } from 'node:fs/promises'

/** The number of the process that runs the apps, a child of the shell's (Linux). */
export async function hostPid(shellPid: number): Promise<number> {
  const children = await readFile(`/proc/${shellPid}/task/${shellPid}/children`, 'utf8')
  for (const pid of children.trim().split(' ')) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes('host.js')) return Number(pid)
  }
  throw new Error('The process that runs the apps is not there.')
}
