import { surveyFunctions } from '../../host/functions/survey.ts'
import { ruleProblems } from '../../host/rules/rules.ts'
import { openStore } from '../../host/store/store.ts'
import type { Unpacked } from '../releases/activate.ts'
import { demandSound } from '../releases/sound.ts'
import type { AppDatabase } from './apps.ts'

/**
 * Makes ready what a release needs, while the one before it serves: its functions compile, the rules of its records can be read, and its
 * tables and indexes are there. Tables are only added to, so that both releases can use them. Errors: `validation` for what cannot be
 * used, `unavailable`.
 */
export async function prepareRelease(
  { appId, model, bundles }: Unpacked,
  openDatabase: (appId: string) => Promise<AppDatabase>,
): Promise<void> {
  const { problems } = await surveyFunctions(model, bundles.get)
  demandSound([...problems, ...ruleProblems(model)])
  await bundles.keepOnly(model.functions.map(({ file }) => file))
  const { engine, close } = await openDatabase(appId)
  try {
    const store = openStore(engine)
    await store.define(model.entities.map(({ entity }) => entity))
    await store.close()
  } finally {
    await close()
  }
}
