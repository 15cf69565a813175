/** The program that a test ends with SIGKILL while its one message waits to be sent again: flows in a folder, and the origin of their Slack. */
import { openPostingIn } from './posting.fixture.ts'

const [folder = '', slackOrigin = ''] = process.argv.slice(2)
const { flows } = await openPostingIn(folder, slackOrigin)
await flows.runNow('step')
