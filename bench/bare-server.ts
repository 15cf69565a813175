/** What functions behind the host's HTTP are compared with: a bare Node server that does what the benchmarked function does. */
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', chunk => (text += chunk))
  request.on('end', () => {
    const { n } = JSON.parse(text) as { n: number }
    const body = JSON.stringify({ n: n + 1 })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
