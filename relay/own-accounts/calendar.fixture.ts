import { formFor } from '../../practice/practice.fixture.ts'
import type { AppVisitor } from '../published/published.fixture.ts'

/** One of the provider's people agrees on its page. Returns where the browser is sent back to. */
export async function agreeTo(authorizationUrl: string, person: string): Promise<string> {
  const page = await (await fetch(authorizationUrl)).text()
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? ''
  const answered = await fetch(new URL(action, authorizationUrl), { method: 'POST', body: formFor(page, person), redirect: 'manual' })
  return answered.headers.get('location') ?? ''
}

/** Connects the calendar of one of the provider's people. Returns where the browser ends. */
export async function connectAs(visitor: AppVisitor, person: string, flows: readonly string[] = []): Promise<string> {
  const { body } = await visitor.post('connections/googlecalendar/connect', { returnTo: 'my-accounts', flows })
  return (await visitor.send(await agreeTo(body.authorizationUrl, person))).headers.get('location') ?? ''
}
