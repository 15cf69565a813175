import { callFunction, modelOf } from '../host/flows/fixture.ts'

/** An app whose flow has three steps, each of which hands on what it was given. */
export const model = modelOf({
  three: {
    do: [
      callFunction('one', '${ .trigger.data }'),
      callFunction('two', { was: '${ .steps.one }' }),
      callFunction('three', { was: '${ .steps.two }' }),
    ],
  },
})
