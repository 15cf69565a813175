import { createHash } from 'node:crypto'

/** What the browser's tab says at the end of a sign-in. */
export type Page = { outcome: 'connected' | 'failed'; title: string; text: string }

const style = `:root{color-scheme:light dark;--ink:#1a1d21;--soft:#5c6570;--line:#dfe3e8;--paper:#fff;--ground:#f5f6f8;--good:#16794c;--bad:#b3361e}
@media(prefers-color-scheme:dark){:root{--ink:#eceef1;--soft:#a2abb6;--line:#343b44;--paper:#1d2127;--ground:#14171b;--good:#5cc996;--bad:#f0907a}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:26rem;padding:32px;border:1px solid var(--line);border-radius:12px;background:var(--paper);text-align:center}
svg{width:40px;height:40px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.connected svg{color:var(--good)}.failed svg{color:var(--bad)}
h1{margin:12px 0 8px;font-size:20px;line-height:1.3}p{margin:0;color:var(--soft);overflow-wrap:anywhere}p+p{margin-top:16px;font-size:14px}`

/** Takes the code out of the address bar and the history; closes the tab where the browser lets a page do so. */
const script = `history.replaceState(null,'',location.pathname);if(document.body.className==='connected')setTimeout(()=>close(),2500)`

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Nothing but this page's own style and script, nothing sent anywhere, in no frame, and no address to anyone. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  connection: 'close',
} as const

const icons = {
  connected: '<path d="M20 6 9 17l-5-5"/>',
  failed: '<circle cx="12" cy="12" r="10"/><path d="M12 8v4m0 4h.01"/>',
} satisfies Record<Page['outcome'], string>

const hints = {
  connected: 'You can close this tab and return to Plugboard. It may close by itself.',
  failed: 'You can close this tab and go back to Plugboard.',
} satisfies Record<Page['outcome'], string>

/** The page as HTML, complete in itself. */
export function renderPage({ outcome, title, text }: Page): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)} · Plugboard</title><style>${style}</style></head>
<body class="${outcome}"><main><svg viewBox="0 0 24 24" aria-hidden="true">${icons[outcome]}</svg><h1>${escape(title)}</h1><p>${escape(text)}</p><p>${hints[outcome]}</p></main><script>${script}</script></body></html>
`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string): string => text.replace(/[&<>"']/g, character => entities[character] ?? '')
