import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { useAction } from './use-action.ts'

/** Asks before something that cannot be taken back. The way out has the focus. */
export function ConfirmSheet({
  title,
  confirm,
  work,
  onDone,
  onClose,
  children,
}: {
  title: string
  confirm: string
  work: () => Promise<unknown>
  onDone?: (() => void) | undefined
  onClose: () => void
  children: ReactNode
}) {
  const { t } = useTranslation('app')
  const { busy, error, run } = useAction()
  const keep = useRef<HTMLButtonElement>(null)
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      initialFocus={keep}
      footer={
        <>
          <Button
            look="prime"
            disabled={busy}
            onClick={async () => {
              if ((await run(work)) === null) return
              onDone?.()
              onClose()
            }}
          >
            {confirm}
          </Button>
          <Button ref={keep} onClick={onClose}>
            {t('cancel')}
          </Button>
        </>
      }
    >
      <div className="sheet">
        {children}
        {error === null ? null : <ErrorForm error={error} alert />}
      </div>
    </Dialog>
  )
}
