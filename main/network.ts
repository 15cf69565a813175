import { networkInterfaces } from 'node:os'

/** Whether this machine has any network beyond itself. Asks the machine, never a server: starting makes no request. */
export function isOnline(): boolean {
  return Object.values(networkInterfaces()).some(addresses => addresses?.some(address => !address.internal))
}
