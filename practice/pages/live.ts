/** Asks for the page again when the account has changed, and exchanges what it shows. Keeps the place one has scrolled to. */
export const liveScript = `
const renew = async () => {
  const answer = await fetch(location.href)
  if (!answer.ok) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of ['nav', 'main']) {
    const old = document.querySelector(part)
    const fresh = page.querySelector(part)
    if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceWith(fresh)
  }
}
const changes = new EventSource('/practice/changes')
changes.onmessage = renew
changes.onopen = renew
`
