/** `npm start`: installs and builds what is missing, then runs Plugboard in the shell that fits this machine. */
import { join } from 'node:path'
import { become } from './become.mjs'
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
