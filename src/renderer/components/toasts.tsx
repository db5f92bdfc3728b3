import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'

const manager = Toast.createToastManager()

/** Shows a short note with at most one action (such as Undo). Errors belong where they happened, not here. */
export function showToast(note: {
  text: string
  action?: { label: string; run: () => void } | undefined
  /** ms until it goes; 5000 unless told. */
  timeout?: number | undefined
}): () => void {
  const id = manager.add({
    title: note.text,
    timeout: note.timeout ?? 5000,
    ...(note.action === undefined
      ? {}
      : {
          actionProps: {
            children: note.action.label,
            onClick: () => {
              note.action?.run()
              manager.close(id)
            },
          },
        }),
  })
  return () => manager.close(id)
}

/** Where the notes appear: bottom right, above the status strip. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function ToastList() {
  const { toasts } = Toast.useToastManager()
  const { t } = useTranslation('app')
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast">
      <Toast.Content className="content">
        <Toast.Title className="grow" render={<p />} />
        {toast.actionProps === undefined ? null : <Toast.Action className="btn" />}
        <Toast.Close className="btn quiet ib" aria-label={t('dismiss')}>
          <X size={14} strokeWidth={1.75} aria-hidden="true" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}
