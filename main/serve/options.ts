import { parseArgs } from 'node:util'
import { AppError } from '../../core/errors.ts'

export type ServeOptions = { port: number | null; open: boolean }

/** Reads `--port N` and `--no-open`. Without a port the usual one is taken, or any when that is busy. Errors: `validation`. */
export function parseServeOptions(args: readonly string[]): ServeOptions {
  const { port, ...values } = parse(args)
  if (port !== undefined && (!/^\d+$/.test(port) || Number(port) > 65_535))
    throw new AppError('validation', `“${port}” is not a port. Give --port a number from 0 to 65535.`)
  return { port: port === undefined ? null : Number(port), open: !values['no-open'] }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { port: { type: 'string' }, 'no-open': { type: 'boolean', default: false } } }).values
  } catch (cause) {
    throw new AppError('validation', 'Plugboard knows the options --port N and --no-open.', { cause })
  }
}
