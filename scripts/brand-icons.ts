import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { connectors } from '../connectors/index.ts'

/*
 * Writes renderer/ui/brand-icons.ts: the drawings of the connectors' icons, and of no others, as data that React can draw without
 * parsing markup in the page. Run it after a connector's icon has changed: `node scripts/brand-icons.ts`.
 */

export const brandIconsFile = fileURLToPath(new URL('../renderer/ui/brand-icons.ts', import.meta.url))

type IconNode = [tag: string, attributes: Record<string, string>, children: IconNode[]]
type IconSet = { icons: Record<string, { body: string; width?: number; height?: number }>; width?: number; height?: number }

/** Colours of brands whose icon comes in one colour only. Without one, an icon of one colour is drawn in the colour of the text. */
const colours: Record<string, string> = { 'simple-icons:googlesheets': '#23a566' }

const require = createRequire(import.meta.url)

export async function renderBrandIcons(): Promise<string> {
  const names = [...new Set(Object.values(connectors).map(({ icon }) => icon))].sort()
  const entries = await Promise.all(names.map(async name => `  ${JSON.stringify(name)}: ${JSON.stringify(await drawing(name))},\n`))
  return `// Made by scripts/brand-icons.ts from @iconify-json. Do not edit.
export type IconNode = [tag: string, attributes: Record<string, string>, children: IconNode[]]
/** \`mono\`: drawn in the colour of the text. \`colour\`: the brand's own, for a drawing in currentColor. */
type Drawing = { viewBox: string; nodes: IconNode[]; mono?: boolean; colour?: string }

// oxfmt-ignore
export const brandIcons: Record<string, Drawing> = {
${entries.join('')}}
`
}

async function drawing(name: string) {
  const [prefix, icon] = name.split(':')
  const set = JSON.parse(await readFile(require.resolve(`@iconify-json/${prefix}/icons.json`), 'utf8')) as IconSet
  const found = icon ? set.icons[icon] : undefined
  if (!found) throw new Error(`There is no icon ${name}.`)
  const width = found.width ?? set.width ?? 16
  const height = found.height ?? set.height ?? 16
  const fills = new Set(found.body.match(/#[0-9a-f]{6}\b/gi) ?? [])
  const isDark = fills.size === 1 && [...fills].every(isNearBlack)
  const body = isDark ? found.body.replace(/#[0-9a-f]{6}\b/gi, 'currentColor') : found.body
  const mono = body.includes('currentColor') && !colours[name]
  return { viewBox: `0 0 ${width} ${height}`, nodes: parse(body), ...(mono && { mono }), ...(colours[name] && { colour: colours[name] }) }
}

const isNearBlack = (colour: string): boolean => [1, 3, 5].every(at => Number.parseInt(colour.slice(at, at + 2), 16) < 0x40)

/** Reads the small, well-formed markup of an icon: elements with attributes, without text. */
function parse(markup: string): IconNode[] {
  const root: IconNode = ['g', {}, []]
  const open = [root]
  for (const [, closing, tag = '', attributes = '', selfClosing] of markup.matchAll(/<(\/)?([a-zA-Z]+)([^>]*?)(\/)?>/g)) {
    if (closing) {
      open.pop()
      continue
    }
    const node: IconNode = [tag, readAttributes(attributes), []]
    open.at(-1)?.[2].push(node)
    if (!selfClosing) open.push(node)
  }
  return root[2]
}

function readAttributes(text: string): Record<string, string> {
  const attributes = [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].flatMap(([, name = '', value = '']) =>
    name === 'style' ? readStyle(value) : [[reactName(name), value] as const],
  )
  return Object.fromEntries(attributes)
}

/** What SVG calls presentation attributes may stand in a style: they are taken out of it, since a page of ours has no inline style. */
const readStyle = (style: string) => style.split(';').map(part => part.split(':').map(word => word.trim()) as [string, string])

/** React knows `stopColor`, not `stop-color`. */
const reactName = (name: string): string => name.replace(/[-:]([a-z])/g, (_, letter: string) => letter.toUpperCase())

if (import.meta.main) await writeFile(brandIconsFile, await renderBrandIcons())
