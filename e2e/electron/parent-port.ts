/** Loaded before the module of a utility process: its line to main, as Electron gives it. */
import { EventEmitter } from 'node:events'

const port = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => void process.send?.(message) })
process.on('message', data => port.emit('message', { data, ports: [] }))
// Electron ends a utility process whose main process is gone; Node only tells it.
process.on('disconnect', () => setTimeout(() => process.exit(0), 2000).unref())
Object.defineProperty(process, 'parentPort', { value: port })
