import type { HookSource } from './flow.ts'

/** Who calls the address of a flow, in words: their name, how their requests show it, and what is done over there. */
export const hookSenders: Readonly<Record<HookSource, { name: string; proof: string; step: string }>> = {
  any: {
    name: 'Anything that can send a request',
    proof: 'The secret, in the header X-Webhook-Secret, as a bearer token or at the end of the address.',
    step: 'Enter the secret there, or use the address with a slash and the secret behind it.',
  },
  hmac: {
    name: 'Signed requests',
    proof: 'A signature: HMAC-SHA-256 of the body with the secret, in hex or base64.',
    step: 'Sign each body with the secret by HMAC-SHA-256.',
  },
  standard: {
    name: 'Standard Webhooks',
    proof: 'A signature in Webhook-Signature, at most five minutes old.',
    step: 'Enter the secret where the sender asks for the signing secret.',
  },
  github: {
    name: 'GitHub',
    proof: 'GitHub’s signature in X-Hub-Signature-256.',
    step: 'In the settings of the repository, under Webhooks, enter address and secret and choose application/json.',
  },
  slack: {
    name: 'Slack',
    proof: 'Slack’s signature in X-Slack-Signature, at most five minutes old.',
    step: 'Enter the signing secret that Slack shows under Basic Information, then the address as Request URL.',
  },
  stripe: {
    name: 'Stripe',
    proof: 'Stripe’s signature in Stripe-Signature, at most five minutes old.',
    step: 'Add the address as an endpoint in the dashboard, then enter the signing secret that it shows.',
  },
}
