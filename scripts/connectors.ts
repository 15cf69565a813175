import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectors } from '../connectors/index.ts'
import { mcpTools } from '../connectors/mcp-tools.ts'
import { providers } from '../connectors/providers/index.ts'
import { brandIconsFile, renderBrandIcons } from './brand-icons.ts'
import { docsFolder, renderDocs } from './connector-docs.ts'
import { factsFile, renderFacts } from './generated-facts.ts'
import { providerDocsFolder, renderProviderDocs } from './provider-docs.ts'

const usage = `Usage: npm run connectors               writes what is derived from the declarations: facts, icons, pages
       npm run connectors -- mcp NAME   prints the connector’s tools for the Model Context Protocol
`

const [command, id = ''] = process.argv.slice(2)
const connector = connectors[id]

if (command === undefined) await write()
else if (command === 'mcp' && connector) console.log(JSON.stringify({ tools: mcpTools(connector) }, null, 2))
else {
  const wrongName = command === 'mcp' && id !== ''
  process.stderr.write(wrongName ? `There is no connector “${id}”. There are: ${Object.keys(connectors).join(', ')}.\n` : usage)
  process.exitCode = 2
}

async function write(): Promise<void> {
  const all = Object.values(connectors)
  writeFileSync(factsFile, renderFacts(all))
  writeFileSync(brandIconsFile, await renderBrandIcons())
  writePages(docsFolder, renderDocs(all))
  writePages(providerDocsFolder, renderProviderDocs(Object.values(providers)))
}

function writePages(folder: string, pages: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) if (!(file in pages)) rmSync(join(folder, file))
  for (const [file, text] of Object.entries(pages)) writeFileSync(join(folder, file), text)
}
