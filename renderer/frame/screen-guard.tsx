import { Component, type ReactNode } from 'react'
import { AppError } from '../../core/errors.ts'
import { ErrorScreen } from '../ui/error-note.tsx'
import { Panel } from '../ui/panel.tsx'

/** A mistake in one screen stays in that screen: it says so, and the frame goes on. */
export class ScreenGuard extends Component<{ children: ReactNode }, { error: AppError | null }> {
  override state = { error: null }

  static getDerivedStateFromError(error: unknown) {
    const details = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return {
      error: new AppError('internal', 'This screen has stopped. Open it again.', { cause: error, details, action: { kind: 'retry' } }),
    }
  }

  override render() {
    if (!this.state.error) return this.props.children
    return (
      <Panel>
        <ErrorScreen error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </Panel>
    )
  }
}
