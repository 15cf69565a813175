/** The object, but what it does not have throws: using more of Electron asks for a line in the stand-in. */
export function only<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get: (object, key) => {
      if (!(key in object) && typeof key === 'string' && key !== 'then') throw new Error(`The stand-in has no ${name}.${key}`)
      const value: unknown = Reflect.get(object, key)
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(object) : value
    },
  })
}
