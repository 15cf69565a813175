import { ipcRenderer } from 'electron'

/**
 * The whole of what a page gets: when it asks with the cancelable event `plugboard:connect`, the event is taken, one end of a new channel
 * goes to main, and the other comes to the page as a window message. A page that is answered by nobody is in a browser.
 */
window.addEventListener('plugboard:connect', event => {
  event.preventDefault()
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage('connect', null, [port1])
  window.postMessage('plugboard:port', '*', [port2])
})
