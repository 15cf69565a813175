import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { isOnThisMachine } from '../core/practice-place.ts'

const publicUrl = z
  .url({ protocol: /^https?$/ })
  .transform(text => new URL(text))
  .refine(url => url.protocol === 'https:' || isOnThisMachine(url), 'must begin with https:// unless it is on this machine')
  .refine(
    url => url.pathname === '/' && !url.search && !url.hash && !url.username,
    'must be an origin without a path, as https://relay.example.com',
  )
  .transform(url => url.origin)

const key = z
  .base64()
  .transform(text => Buffer.from(text, 'base64'))
  .refine(bytes => bytes.length === 32, 'must be 32 bytes in base64, as “openssl rand -base64 32” makes them')

/** A host with or without a port, as an address writes it. */
const hostAndPort = z.string().transform((text, context) => {
  const [, host = '', port] = /^(\[[\da-f:.]+\]|[^:/?#@[\]\s]+)(?::(\d+))?$/i.exec(text) ?? []
  const hostname = URL.parse(`http://${host}`)?.hostname
  if (hostname) return port === undefined ? hostname : `${hostname}:${port}`
  context.addIssue({ code: 'custom', message: 'must be hosts with commas in between, as gitlab.intern, 10.0.0.7:8443' })
  return z.NEVER
})
const hosts = z
  .string()
  .transform(text => text.split(',').map(part => part.trim()))
  .pipe(z.array(hostAndPort))

const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.number().max(most))

/** Every setting of a relay, by the name of its environment variable. An empty one counts as not set. */
const environment = z.object({
  /** Where it listens. `0` takes any free port. */
  PORT: count(65_535).default(4848),
  /** The interface it listens on. Loopback, until someone opens it to others. */
  HOST: z.string().default('127.0.0.1'),
  /** The address that people and desktops use. Without it the relay is for this machine alone. */
  RELAY_URL: publicUrl.optional(),
  /** What the first workspace is called. */
  RELAY_NAME: z.string().trim().min(1).max(60).default('Plugboard'),
  /** The master key. Without it one is made in the data folder. */
  RELAY_KEY: key.optional(),
  /** For `rotate-key` alone: what takes the place of RELAY_KEY. */
  RELAY_NEW_KEY: key.optional(),
  /** The folder of the SQLite file and of the key. */
  PLUGBOARD_RELAY_DATA: z.string().optional(),
  /** The folder of the ledger, which knows what a restored database has forgotten. */
  RELAY_LEDGER: z.string().optional(),
  /** The ledger that is lost, as the relay names it: another one takes its place. */
  RELAY_LOST_LEDGER: z.string().optional(),
  /** Postgres, for a relay of several nodes. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** How many proxies in front of the relay add to X-Forwarded-For. What they did not add is not believed. */
  RELAY_TRUSTED_PROXIES: count(10).default(0),
  /** How many versions of an app are kept to roll back to. */
  RELAY_KEEP_VERSIONS: count(1000).pipe(z.number().min(2)).default(30),
  /** How long requests may go on after the relay was asked to end. */
  RELAY_DRAIN_SECONDS: count(600).default(20),
  /** Hosts of private networks that the relay may send requests to. To all others it sends none. */
  RELAY_ALLOW_PRIVATE_HOSTS: hosts.default([]),
  /** Practice accounts for apps that use them: the address that `npm run practice` prints on this machine. */
  RELAY_PRACTICE_URL: z
    .url({ protocol: /^http$/ })
    .refine(text => isOnThisMachine(new URL(text)), 'must be the address that “npm run practice” prints on this machine')
    .optional(),
  /** Sign-in through the company's own OpenID provider. */
  RELAY_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  RELAY_OIDC_CLIENT_ID: z.string().optional(),
  RELAY_OIDC_CLIENT_SECRET: z.string().optional(),
  RELAY_OIDC_NAME: z.string().trim().min(1).max(40).default('single sign-on'),
})

export const settingNames = Object.keys(environment.shape)

export type Oidc = { issuer: string; clientId: string; clientSecret: string | undefined; name: string }

export type RelayConfig = {
  port: number
  host: string
  /** Null: the address it listens on. */
  url: string | null
  name: string
  key: Buffer | null
  newKey: Buffer | null
  dataFolder: string
  ledgerFolder: string
  lostLedger: string | null
  databaseUrl: string | null
  trustedProxies: number
  drainMs: number
  /** Each with any port or with one. */
  privateHosts: string[]
  practiceUrl: string | null
  versionsKept: number
  oidc: Oidc | null
}

/** Reads a relay's settings. Errors: `validation`, naming the variable and what it must be. */
export function readConfig(variables: NodeJS.ProcessEnv): RelayConfig {
  const given = Object.fromEntries(settingNames.flatMap(name => (variables[name] ? [[name, variables[name]]] : [])))
  const parsed = environment.safeParse(given)
  if (!parsed.success) throw invalid(parsed.error)
  const found = parsed.data
  const dataFolder = resolve(found.PLUGBOARD_RELAY_DATA ?? join(homedir(), '.plugboard-relay'))
  return {
    port: found.PORT,
    host: found.HOST,
    url: found.RELAY_URL ?? null,
    name: found.RELAY_NAME,
    key: found.RELAY_KEY ?? null,
    newKey: found.RELAY_NEW_KEY ?? null,
    dataFolder,
    ledgerFolder: resolve(found.RELAY_LEDGER ?? join(dataFolder, 'ledger')),
    lostLedger: found.RELAY_LOST_LEDGER ?? null,
    databaseUrl: found.DATABASE_URL ?? null,
    trustedProxies: found.RELAY_TRUSTED_PROXIES,
    drainMs: found.RELAY_DRAIN_SECONDS * 1000,
    privateHosts: found.RELAY_ALLOW_PRIVATE_HOSTS,
    versionsKept: found.RELAY_KEEP_VERSIONS,
    practiceUrl: found.RELAY_PRACTICE_URL ?? null,
    oidc: readOidc(found),
  }
}

function readOidc(found: z.infer<typeof environment>): Oidc | null {
  if (!found.RELAY_OIDC_ISSUER) return null
  if (!found.RELAY_OIDC_CLIENT_ID) throw new AppError('validation', 'Set RELAY_OIDC_CLIENT_ID as well: it belongs to RELAY_OIDC_ISSUER.')
  return {
    issuer: found.RELAY_OIDC_ISSUER,
    clientId: found.RELAY_OIDC_CLIENT_ID,
    clientSecret: found.RELAY_OIDC_CLIENT_SECRET,
    name: found.RELAY_OIDC_NAME,
  }
}

/** Names the variable, never its value: it may be a key or hold a password. */
function invalid(error: z.ZodError): AppError {
  const [issue] = error.issues
  return new AppError(
    'validation',
    `${String(issue?.path[0])} cannot be used: ${issue?.message ?? 'it has another form'}. Correct it and start the relay again.`,
  )
}
