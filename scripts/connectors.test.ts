import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { connectors } from '../connectors/index.ts'
import { docsFolder, renderDocs } from './connector-docs.ts'
import { factsFile, renderFacts } from './generated-facts.ts'

const all = Object.values(connectors)
const pages = renderDocs(all)
const run = (...words: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'connectors.ts'), ...words], { encoding: 'utf8' })

test('what is derived from the declarations is up to date: run `npm run connectors` when this fails', () => {
  assert.equal(readFileSync(factsFile, 'utf8'), renderFacts(all))
  assert.deepEqual(readdirSync(docsFolder).sort(), Object.keys(pages).sort())
  for (const [file, text] of Object.entries(pages)) assert.equal(readFileSync(join(docsFolder, file), 'utf8'), text, file)
})

test('a page names every action, every input and every permission, and who needs it', () => {
  for (const { id, actions, scopes } of all) {
    const text = pages[`${id}.md`] ?? ''
    for (const [name, action] of Object.entries(actions)) {
      assert.ok(text.includes(`### ${action.title} — \`${name}\`\n\n${action.does}`), `${id}.${name}`)
      for (const scope of action.scopes)
        assert.ok(
          text.split('\n').some(line => line.includes(`| \`${scope}\` |`) && line.includes(action.title)),
          `${id}.${name}: ${scope}`,
        )
    }
    for (const words of Object.values(scopes)) assert.ok(text.includes(`| ${words} |`))
  }
  assert.match(pages['slackbot.md'] ?? '', /\| `channel` \| `string` \| Yes \| Channel: A channel such as #support, or its id\. \|/)
  assert.match(pages['github.md'] ?? '', /\| `state` \| `"open" \\\| "closed" \\\| "all"` \| No, `"open"` by itself \|/)
})

test('every link of a page leads somewhere', () => {
  for (const text of Object.values(pages))
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)\)/g))
      assert.doesNotThrow(() => readFileSync(resolve(dirname(docsFolder + '/x'), target)), target)
})

test('the tools of one connector are printed as JSON; a wrong name or command gets one line', () => {
  const { tools } = JSON.parse(run('mcp', 'slackbot').stdout) as { tools: { name: string }[] }
  assert.ok(tools.some(({ name }) => name === 'slackbot_postMessage'))
  const wrong = run('mcp', 'slak')
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /^There is no connector “slak”\. There are: slackbot, .*\n$/)
  assert.match(run('serve').stderr, /^Usage: npm run connectors/)
})
