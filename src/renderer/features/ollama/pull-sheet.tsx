import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../components/dialog.tsx'
import { openSheet, useOllamaStore } from './ollama-store.ts'
import { PullForm } from './pull-form.tsx'
import type { SheetProps } from './sheet-props.ts'

/** Pulls models by name; it closes once the jobs have begun. */
export function PullSheet({ connection, models }: SheetProps) {
  const { t } = useTranslation('ollama')
  const field = useRef<HTMLInputElement>(null)
  const unsent = useOllamaStore((store) => store.pulls[connection.id] !== undefined)
  return (
    <Dialog open onOpenChange={() => openSheet(null)} title={t('pullModel')} initialFocus={field} unsent={unsent}>
      <p className="m pb-3">{t('pullForm.lead')}</p>
      <PullForm connection={connection} models={models} field={field} onStarted={() => openSheet(null)} />
      <p className="s m pt-3">{t('pullForm.goes')}</p>
    </Dialog>
  )
}
