import type { Json } from '../../core/json.ts'

/** One request to the address of a flow, after it was found to be genuine. `id` is that of its sender, or any other of its own. */
export type Delivery = {
  id: string
  /** ISO. */
  receivedAt: string
  /** The body: what JSON or a form says, or a text. */
  data: Json
  headers: Record<string, string>
  query: Record<string, string>
}

/** What a run is for that a delivery started: no delivery starts a flow twice. */
export const deliveryOccurrence = (flow: string, deliveryId: string): string => `${flow}@webhook ${deliveryId}`

/** What a flow that was started by a request finds in its trigger. */
export function deliveryTrigger({ id, receivedAt, data, headers, query }: Delivery): Json {
  return { type: 'webhook', data, headers, query, delivery_id: id, received_at: receivedAt }
}
