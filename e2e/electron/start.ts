import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { StandIn, type StandInOptions } from './stand-in.ts'

const scope = globalThis as unknown as { standIn?: Record<string, object> }
const names = Object.keys(new StandIn({} as StandInOptions).modules())
let run = 0

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: `electron:stand-in?${run}`, shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url.startsWith('electron:')
      ? { format: 'module', shortCircuit: true, source: names.map(name => `export const ${name} = globalThis.standIn.${name}`).join('\n') }
      : next(url, context),
})

/**
 * Runs a built main module the way Electron does: `ready` comes once it has been evaluated, which must not take long. Resolves when the
 * first window has loaded, or the app has ended without one.
 */
export async function startElectron(main: string, options: StandInOptions): Promise<StandIn> {
  const standIn = new StandIn(options)
  scope.standIn = standIn.modules()
  const onRejection = (error: unknown) => standIn.fault(`unhandled rejection: ${error instanceof Error ? error.stack : String(error)}`)
  process.on('unhandledRejection', onRejection)
  void standIn.app.ended.promise.then(() => process.off('unhandledRejection', onRejection))

  const evaluating = import(`${pathToFileURL(main)}?${++run}`)
  const late = new Promise<'late'>(resolve => setTimeout(resolve, 5000, 'late').unref())
  if ((await Promise.race([evaluating, late])) === 'late')
    throw new Error('The main module never finished evaluating: Electron would hang before ready')
  const { promise: shown, resolve } = Promise.withResolvers<unknown>()
  standIn.events.once('window', resolve)
  standIn.events.once('fault', resolve)
  void standIn.app.ended.promise.then(resolve)
  standIn.app.becomeReady()
  await shown
  if (standIn.faults.length > 0) throw new Error(standIn.faults.join('; '))
  return standIn
}
