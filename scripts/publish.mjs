/** `npm run publish -- PATH --relay URL`: installs what is missing, then publishes an app from its folder. It needs no build. */
import { join } from 'node:path'
import { become } from './become.mjs'
import { install } from './install.mjs'
import { pinnedNode, root } from './paths.mjs'

if (await install()) become(pinnedNode(), [join(root, 'main/publish/headless.ts'), ...process.argv.slice(2)])
else process.exit(1)
