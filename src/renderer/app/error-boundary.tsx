import { Component, type ErrorInfo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { ErrorForm } from '../components/error-form.tsx'

interface Props {
  /** A new value shows the children again (the page's path). */
  resetKey: string
  children: ReactNode
}

/** Catches a page that throws while rendering; the shell and the engine go on. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(thrown: unknown): { error: Error } {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error('A page stopped working', error, info.componentStack)
  }

  override componentDidUpdate(previous: Props): void {
    if (previous.resetKey !== this.props.resetKey && this.state.error !== null) this.setState({ error: null })
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <Crashed error={this.state.error} onAgain={() => this.setState({ error: null })} />
  }
}

function Crashed({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation('app')
  return (
    <main className="scroll pad" id="main">
      <div className="max-w-[656px] pt-6">
        <ErrorForm
          error={{
            code: 'internal',
            message: error.message,
            retryable: true,
            ...(error.stack ? { detail: error.stack } : {}),
          }}
          title={t('crash.title')}
          did={t('crash.did')}
          can={t('crash.can')}
          alert
        >
          <div className="row pt-1">
            <Button look="prime" onClick={onAgain}>
              {t('crash.again')}
            </Button>
            <Button onClick={() => globalThis.location.reload()}>{t('crash.reload')}</Button>
          </div>
        </ErrorForm>
      </div>
    </main>
  )
}
