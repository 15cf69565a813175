import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPublic } from './addresses.ts'

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const dotted = (value: number): string => [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')

/** First and last address of what is not the internet's, as the registry lists it. */
const closed = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['168.63.129.16', '168.63.129.16'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
] as const

/** The ways in which an IPv4 address hides in an IPv6 one that leads to it. */
const disguises: ((address: string) => string)[] = [
  address => `::ffff:${address}`,
  address => `64:ff9b::${address}`,
  address => `0:0:0:0:0:FFFF:${address}`,
  address => `::ffff:${Math.floor(numberOf(address) / 65_536).toString(16)}:${(numberOf(address) % 65_536).toString(16).padStart(4, '0')}`,
]

test('an IPv4 address is the internet’s exactly when it is in no reserved range, also inside an IPv6 address', () => {
  const edges = closed.flatMap(([first, last]) => [numberOf(first) - 1, numberOf(first), numberOf(last), numberOf(last) + 1])
  const anyValue = fc.oneof(
    fc.constantFrom(...edges.filter(value => value >= 0 && value < 2 ** 32)),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  )
  fc.assert(
    fc.property(anyValue, value => {
      const address = dotted(value)
      const expected = !closed.some(([first, last]) => value >= numberOf(first) && value <= numberOf(last))
      for (const form of [address, ...disguises.map(disguise => disguise(address))]) assert.equal(isPublic(form), expected, form)
    }),
    { numRuns: 500, examples: edges.filter(value => value >= 0 && value < 2 ** 32).map(value => [value]) },
  )
})

test('of IPv6 only the internet’s own is public', () => {
  for (const address of ['2606:4700::1111', '2a00:1450:4001:82a::200e', '2400:cb00::', '3ffe::1'])
    assert.equal(isPublic(address), true, address)
  for (const address of [
    '::',
    '::1',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '100::1',
    '64:ff9b:1::a00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    '4000::1',
  ])
    assert.equal(isPublic(address), false, address)
})

test('what is no address is not public', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('127.1', '0x7f.1', '2130706433', '', '8.8.8', '[::1]', 'localhost')),
      text => !isPublic(text),
    ),
  )
})
