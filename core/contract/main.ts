import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { visibilities } from '../app/visibility.ts'
import { connectionMode } from '../app/connector-file.ts'
import { appId } from '../app/names.ts'
import { chatMessage } from '../chat.ts'
import { activity, connection, connectionState } from '../connection.ts'
import { planChoices } from '../plan.ts'
import { runState } from '../run.ts'
import { procedure } from './base.ts'
import { hostContract } from './host.ts'
import { providerField } from './provider-field.ts'
import { publishContract } from './publish.ts'
import { relayContract } from './relay.ts'
import { webhooksContract } from './webhooks.ts'

const inApp = z.object({ appId })
const nothing = z.object({})

const appSummary = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  isSample: z.boolean(),
  connectors: z.array(z.string()),
  lastRun: z.object({ state: runState, at: z.string() }).nullable(),
  updatedAt: z.string(),
  problems: z.number().int(),
})

const change = z.object({
  id: z.string(),
  at: z.string(),
  title: z.string(),
  by: z.enum(['chat', 'you', 'outside', 'undo']),
  files: z.array(z.string()),
  undoable: z.boolean(),
})

const actionFacts = z.object({
  id: z.string(),
  title: z.string(),
  does: z.string(),
  effect: z.enum(['read', 'write']),
  idempotent: z.boolean(),
  destructive: z.boolean(),
  scopes: z.array(z.string()),
})

const connectorFacts = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  category: z.string(),
  summary: z.string(),
  icon: z.string(),
  actions: z.array(actionFacts),
  permissions: z.array(z.object({ scope: z.string(), text: z.string() })),
  prompts: z.array(z.string()),
  afterConnect: z.string().nullable(),
  practice: z.boolean(),
  /** Null when a real account can be connected now; else one line that says what is missing and how to get it. */
  missing: z.string().nullable(),
  /** For a real account: `connections.connect` takes the answers. */
  fields: z.array(providerField),
})

export const connectionRow = connection.extend({
  lastUsedAt: z.string().nullable(),
  usedBy: z.array(z.object({ kind: z.enum(['flow', 'function']), name: z.string() })),
})

/** What happened to an account: one sentence, and how good or bad it is. */
export const accountEvent = z.object({
  id: z.string(),
  at: z.string(),
  connectionId: z.string(),
  tone: z.enum(['ok', 'warn', 'bad', 'off']),
  text: z.string(),
})

/** How a connect attempt goes on. `opened` carries the address for a shell that opens it itself. */
export const connectEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened'), authorizationUrl: z.string(), expiresAt: z.string() }),
  /**
   * Sign-in by a code that is typed on the provider's page (RFC 8628), in place of `opened`. The user opens `verificationUri`, or
   * `verificationUriComplete`, which holds the code already.
   */
  z.object({
    type: z.literal('code'),
    userCode: z.string(),
    verificationUri: z.string(),
    verificationUriComplete: z.string().nullable(),
    expiresAt: z.string(),
  }),
  z.object({ type: z.literal('exchanging') }),
  /** The user signed in to another account than the one in use (labels). Nothing changes before `connections.choose` is called. */
  z.object({ type: z.literal('choose'), questionId: z.string(), inUse: z.string(), signedIn: z.string() }),
  z.object({ type: z.literal('connected'), connection, warning: z.string().nullable() }),
])

export const vaultStatus = z.object({
  /** `unset`: there is no keychain and the user has not chosen yet. `locked`: a passphrase or the keychain is needed to open it. */
  protection: z.enum(['keychain', 'passphrase', 'session', 'unset', 'locked']),
  /** One sentence for the user: where secrets are and how they are protected, or what is needed. */
  message: z.string(),
  /** Connections whose record cannot be opened with this key. They are kept. */
  lockedRecords: z.number().int(),
})

export const oauthClient = z.object({
  provider: z.string(),
  name: z.string(),
  clientId: z.string().nullable(),
  hasSecret: z.boolean(),
  secretRequired: z.boolean(),
  redirectUris: z.array(z.string()),
  clientPageUrl: z.string(),
  /** How to create one, in order. */
  steps: z.array(z.string()),
  /** What to allow it, where the provider wants that said on its own page. */
  scopesHint: z.string().nullable(),
  /** What else to know, such as that it works without the secret, or that it needs a relay. */
  note: z.string().nullable(),
  /**
   * The client that the workspace has on the relay, whose address is `relay`; it is changed on `page`. `clientId` null: it has none. Null: this
   * desktop is signed in to no relay, or the relay cannot be asked.
   */
  workspace: z.object({ relay: z.string(), page: z.string(), clientId: z.string().nullable() }).nullable(),
})

export const mainContract = {
  system: {
    info: procedure.output(
      z.object({
        shell: z.enum(['electron', 'serve']),
        version: z.string(),
        home: z.string(),
        platform: z.string(),
      }),
    ),
    /** Now and on each change. `host` tells whether apps are running. */
    watch: procedure.output(
      eventIterator(z.object({ online: z.boolean(), host: z.enum(['starting', 'running', 'restarting']), flowsOn: z.number().int() })),
    ),
    /** Opens an https address in the user's browser. Only the Electron shell has work to do here. */
    openExternal: procedure.input(z.object({ url: z.string() })).output(nothing),
  },
  apps: {
    list: procedure.output(z.array(appSummary)),
    create: procedure
      .input(z.object({ name: z.string().trim().min(1).max(80), template: z.enum(['blank', 'sample']).default('blank') }))
      .output(z.object({ appId })),
    /** Opens a folder that is elsewhere: an app of Plugboard or a Base44 project. It stays where it is. */
    openFolder: procedure.input(z.object({ path: z.string().min(1) })).output(z.object({ appId })),
    rename: procedure.input(z.object({ appId, name: z.string().trim().min(1).max(80) })).output(nothing),
    /** Who may use it once it is published. */
    setVisibility: procedure.input(z.object({ appId, visibility: z.enum(visibilities) })).output(nothing),
    /** Moves the app's folder to the home directory's trash; an app opened from elsewhere is only forgotten. */
    remove: procedure.input(inApp).output(nothing),
    readFile: procedure.input(z.object({ appId, path: z.string() })).output(z.object({ text: z.string(), version: z.string() })),
    /** Saves one file as an undoable step. `conflict` when the file has changed since `baseVersion`. */
    writeFile: procedure
      .input(z.object({ appId, path: z.string(), text: z.string(), baseVersion: z.string().optional(), title: z.string().optional() }))
      .output(z.object({ version: z.string(), changeId: z.string().nullable() })),
    /** Sets one key of a JSONC file, keeping comments and every other byte. */
    editJson: procedure
      .input(z.object({ appId, path: z.string(), at: z.array(z.union([z.string(), z.number()])), value: z.json(), title: z.string() }))
      .output(nothing),
    deleteFile: procedure.input(z.object({ appId, path: z.string() })).output(nothing),
    history: procedure.input(inApp).output(z.object({ changes: z.array(change), canUndo: z.boolean(), canRedo: z.boolean() })),
    undo: procedure.input(z.object({ appId, changeId: z.string().optional() })).output(z.object({ title: z.string().nullable() })),
    redo: procedure.input(inApp).output(z.object({ title: z.string().nullable() })),
  },
  chat: {
    watch: procedure.input(inApp).output(eventIterator(z.array(chatMessage))),
    /** Answers arrive through `watch`. Aborting the call stops the answer. */
    send: procedure.input(z.object({ appId, text: z.string().trim().min(1).max(4000) })).output(nothing),
    /** Drops a message of the user and all after it, then sends the new text. */
    edit: procedure.input(z.object({ appId, messageId: z.string(), text: z.string().trim().min(1).max(4000) })).output(nothing),
    apply: procedure.input(z.object({ appId, messageId: z.string(), choices: planChoices })).output(nothing),
    dismiss: procedure.input(z.object({ appId, messageId: z.string() })).output(nothing),
    /** “Skip” on a connect card: nothing is added, the plan can be run again. */
    skip: procedure.input(z.object({ appId, messageId: z.string() })).output(nothing),
    undo: procedure.input(z.object({ appId, messageId: z.string() })).output(nothing),
    clear: procedure.input(inApp).output(nothing),
  },
  connectors: {
    list: procedure.output(z.array(connectorFacts)),
    /** The actions of one connector with what goes in and comes out, as JSON Schema 2020-12: for forms and for types. */
    actions: procedure
      .input(z.object({ connector: z.string() }))
      .output(z.array(actionFacts.extend({ inputSchema: z.json(), outputSchema: z.json() }))),
  },
  connections: {
    list: procedure.input(inApp).output(z.array(connectionRow)),
    watch: procedure.input(inApp).output(eventIterator(z.array(connectionRow))),
    /**
     * One attempt: yields `opened` or `code`, then `exchanging`, then `connected`. Ending the stream cancels the attempt. With
     * `connectionId` it reconnects: id, name and references stay.
     */
    connect: procedure
      .input(
        z.object({
          appId,
          connector: z.string(),
          mode: connectionMode.default('shared'),
          scopes: z.array(z.string()),
          /** Left out, a reconnect stays what it is and a new connection is a real one. */
          practice: z.boolean().optional(),
          connectionId: z.string().optional(),
          name: z.string().optional(),
          /** For the connector's `fields`, by id. A reconnect keeps what it was connected with. */
          answers: z.record(z.string(), z.string().max(200)).optional(),
        }),
      )
      .output(eventIterator(connectEvent)),
    /** Answers `choose`: with `kept` the attempt ends without `connected`, and the account in use stays. */
    choose: procedure.input(z.object({ questionId: z.string(), account: z.enum(['new', 'kept']) })).output(nothing),
    disconnect: procedure
      .input(z.object({ connectionId: z.string() }))
      .output(z.object({ revoked: z.boolean(), message: z.string(), accountPageUrl: z.string().nullable() })),
    /** Gives the account to the relay, or takes it back. Answers once it is there, or cannot go on now: `custody` says where it is and why. */
    moveTo: procedure.input(z.object({ connectionId: z.string(), place: z.enum(['here', 'relay']) })).output(connection),
    /** Answers `custody.state: choose`: which of two accounts is kept. */
    keepAccount: procedure.input(z.object({ connectionId: z.string(), place: z.enum(['here', 'relay']) })).output(connection),
    /** Removes a disconnected connection from the list. */
    forget: procedure.input(z.object({ connectionId: z.string() })).output(nothing),
    rename: procedure.input(z.object({ connectionId: z.string(), name: z.string().trim().min(1).max(60) })).output(nothing),
    setDefault: procedure.input(z.object({ connectionId: z.string() })).output(nothing),
    /** What happened to the app's accounts, newest first. */
    lately: procedure.input(inApp).output(z.array(accountEvent)),
    access: procedure.input(z.object({ connectionId: z.string() })).output(
      z.object({
        permissions: z.array(
          z.object({
            scope: z.string(),
            text: z.string(),
            neededBy: z.array(z.object({ kind: z.enum(['flow', 'function']), name: z.string() })),
            granted: z.boolean(),
          }),
        ),
        calls: z.array(activity),
        state: connectionState,
      }),
    ),
  },
  practice: {
    /** Starts the emulator if it sleeps; the address shows the account's inbox, channels or repositories. */
    open: procedure.input(z.object({ appId, connector: z.string() })).output(z.object({ url: z.string() })),
  },
  vault: {
    status: procedure.output(vaultStatus),
    setPassphrase: procedure.input(z.object({ passphrase: z.string().min(8, 'Use at least 8 characters.') })).output(vaultStatus),
    keepForSession: procedure.output(vaultStatus),
    unlock: procedure.input(z.object({ passphrase: z.string().optional() })).output(vaultStatus),
  },
  settings: {
    get: procedure.output(z.object({ theme: z.enum(['system', 'light', 'dark']) })),
    setTheme: procedure.input(z.object({ theme: z.enum(['system', 'light', 'dark']) })).output(nothing),
    oauthClients: procedure.output(z.array(oauthClient)),
    /** `clientSecret` goes to the vault and is never read back. An empty `clientId` removes the client. */
    setOauthClient: procedure
      .input(z.object({ provider: z.string(), clientId: z.string(), clientSecret: z.string().optional() }))
      .output(nothing),
  },
  relay: relayContract,
  webhooks: webhooksContract,
  publish: publishContract,
  host: hostContract,
}
export type MainContract = typeof mainContract
