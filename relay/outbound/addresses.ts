import { BlockList, isIP } from 'node:net'

/**
 * IPv4 that is not the internet's: the special-purpose registry of RFC 6890 as IANA keeps it, and the one address in the public range
 * under which Azure's hosts answer their own machines.
 */
const special4: readonly [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** Of the internet's IPv6, what leads elsewhere: protocol assignments with Teredo, documentation, 6to4. */
const special6: readonly [network: string, bits: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const closed = new BlockList()
for (const [network, bits] of special4) closed.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of special6) closed.addSubnet(network, bits, 'ipv6')
const internet6 = new BlockList()
internet6.addSubnet('2000::', 3, 'ipv6')
/** Here the last 32 bits are an IPv4 address: mapped ones (RFC 4291 §2.5.5.2), and those that a network translates (RFC 6052 §2.1). */
const holdsIpv4 = new BlockList()
holdsIpv4.addSubnet('::ffff:0:0', 96, 'ipv6')
holdsIpv4.addSubnet('64:ff9b::', 96, 'ipv6')

/** Whether an IP address is one of the public internet. What is no address is not. */
export function isPublic(address: string): boolean {
  const [bare = ''] = address.split('%')
  switch (isIP(bare)) {
    case 4:
      return !closed.check(bare, 'ipv4')
    case 6:
      return holdsIpv4.check(bare, 'ipv6') ? isPublic(innerIpv4(bare)) : internet6.check(bare, 'ipv6') && !closed.check(bare, 'ipv6')
    default:
      return false
  }
}

/** The last 32 bits of an IPv6 address, as IPv4. */
function innerIpv4(address: string): string {
  // A URL writes every form of an address in one way: in hexadecimal, with the longest run of zeros as `::`.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':')
  const bytes = groups.slice(-2).flatMap(group => [Number.parseInt(group || '0', 16) >> 8, Number.parseInt(group || '0', 16) & 255])
  return bytes.join('.')
}
