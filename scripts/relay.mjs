/** `npm run relay`: installs what is missing, builds the pages of published apps, then runs a relay. */
import { join } from 'node:path'
import { become } from './become.mjs'
import { buildPublished } from './build.mjs'
import { install } from './install.mjs'
import { pinnedNode, root } from './paths.mjs'

if ((await install()) && (await buildPublished())) become(pinnedNode(), [join(root, 'relay/serve.ts'), ...process.argv.slice(2)])
else process.exit(1)
