import type { ConnectionRow } from '../app-data.ts'
import { useSecond } from '../ui/countdown.tsx'
import { cx } from '../ui/cx.ts'
import { isBroken, reasonOf } from './connection-words.ts'

type ReasonProps = { row: ConnectionRow; className?: string }

/** What is the matter with an account, in a sentence; nothing for one in good order. The time of the next try is counted down. */
export const Reason = (props: ReasonProps) => (props.row.state === 'retrying' ? <Counted {...props} /> : <Words {...props} now={0} />)

const Counted = (props: ReasonProps) => <Words {...props} now={useSecond()} />

function Words({ row, className, now }: ReasonProps & { now: number }) {
  const words = reasonOf(row, now)
  return words && <p className={cx('text-12 text-pretty', isBroken(row.state) ? 'text-bad-text' : 'text-warn-text', className)}>{words}</p>
}
