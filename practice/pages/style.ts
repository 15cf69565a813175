/** The look of the practice pages: a small extract of the product's tokens, light and dark as the system is. */
export const styles = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#f3f3f6, #0c0c0f); --surface: light-dark(#ffffff, #151519); --sunken: light-dark(#f8f8fa, #111114);
  --hover: light-dark(#f3f3f6, #1e1e24); --pressed: light-dark(#e9e9ee, #28282f); --line: light-dark(#e6e6eb, #26262d);
  --text: light-dark(#18181d, #ededf2); --text-2: light-dark(#52525e, #b0b0bc); --text-3: light-dark(#6a6a77, #8f8f9d);
  --accent-text: light-dark(#493ecf, #aba6ff); --focus: light-dark(#5146df, #9891ff);
  --trial-text: light-dark(#0c6570, #70d3de); --trial-soft: light-dark(#e6f5f6, #12282b); --trial-line: light-dark(#6fb9c1, #2f737b);
  --ok-text: light-dark(#116a3a, #6bd79d); --ok-soft: light-dark(#e8f6ee, #14291e);
  --sans: "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--text); font: 400 14px/20px var(--sans); min-height: 100vh; display: grid; grid-template-rows: auto 1fr }
a { color: inherit; text-decoration: none }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px }
header { display: flex; align-items: center; gap: 12px; padding: 12px 20px; border-bottom: 1px solid var(--line); background: var(--surface); flex-wrap: wrap }
h1 { font: 600 16px/24px var(--sans); margin: 0 }
h2 { font: 600 16px/24px var(--sans); margin: 0 0 4px }
h3 { font: 600 14px/20px var(--sans); margin: 24px 0 8px }
.badge { font: 500 12px/16px var(--sans); color: var(--trial-text); background: var(--trial-soft); border: 1px solid var(--trial-line); border-radius: 999px; padding: 2px 10px }
.note, .meta { color: var(--text-3); font-size: 12px; line-height: 16px }
header .note { margin-left: auto }
.body { display: grid; grid-template-columns: 216px minmax(0, 1fr); align-items: start }
nav { padding: 12px 8px; display: grid; gap: 2px; position: sticky; top: 0 }
nav a { display: flex; justify-content: space-between; gap: 8px; padding: 6px 12px; border-radius: 6px; font-size: 13px; color: var(--text-2) }
nav a:hover { background: var(--hover) }
nav a[aria-current] { background: var(--pressed); color: var(--text); font-weight: 500 }
nav .group { padding: 12px 12px 4px; color: var(--text-3); font: 500 11px/16px var(--sans) }
main { margin: 12px 12px 12px 0; padding: 20px 24px 32px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; min-height: calc(100vh - 80px) }
main > .meta { margin: 0 0 16px }
ul.list { list-style: none; margin: 12px 0 0; padding: 0 }
ul.list > li { border-top: 1px solid var(--line); padding: 12px 0; display: grid; gap: 2px; overflow-wrap: anywhere }
ul.list > li:first-child { border-top: 0 }
.line { display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap }
.line .end { margin-left: auto; white-space: nowrap }
.who, .unread .what { font-weight: 600 }
.who .app { font: 500 11px/16px var(--sans); color: var(--text-2); background: var(--pressed); border-radius: 4px; padding: 0 4px; margin-left: 4px }
.text { white-space: pre-wrap; margin: 0; color: var(--text) }
.dim { color: var(--text-2) }
.chip { font: 400 12px/16px var(--sans); background: var(--pressed); border-radius: 4px; padding: 1px 6px }
.chip.open { color: var(--ok-text); background: var(--ok-soft) }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--focus); display: inline-block; margin-right: 4px }
.empty { color: var(--text-3); padding: 32px 0; text-align: center }
.grid { overflow: auto; border: 1px solid var(--line); border-radius: 6px; margin-top: 12px }
table { border-collapse: collapse; font-size: 13px; min-width: 100% }
th, td { border: 1px solid var(--line); padding: 4px 8px; text-align: left; max-width: 320px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
tr > * { border-left: 0; border-top: 0 } th { background: var(--sunken); color: var(--text-3); font-weight: 500; text-align: center }
a.what:hover, .link:hover { color: var(--accent-text); text-decoration: underline }
@media (max-width: 640px) { .body { grid-template-columns: 1fr } nav { position: static } main { margin: 0 12px 12px } }
`
