/** `npm run practice`: installs what is missing, then runs practice accounts as a service. It needs no build. */
import { join } from 'node:path'
import { become } from './become.mjs'
import { install } from './install.mjs'
import { pinnedNode, root } from './paths.mjs'

if (await install()) become(pinnedNode(), [join(root, 'practice/serve.ts'), ...process.argv.slice(2)])
else process.exit(1)
