/** Names that Windows keeps for devices. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)$/
const maxLength = 48

/** `Müller’s Support desk` → `mullers-support-desk`, with a number when that is taken. */
export function newAppId(name: string, isTaken: (id: string) => boolean): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\p{M}'’]/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength)
    .replaceAll(/^-+|-+$/g, '')
  const base = plain === '' ? 'app' : devices.test(plain) ? `app-${plain}` : plain
  let id = base
  for (let number = 2; isTaken(id); number++) id = `${base}-${number}`
  return id
}
