import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { PresetRow } from '#shared/presets.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { keepDraft, usePresetsStore } from './presets-store.ts'
import { usePresetActionStore, usePresetActions } from './use-preset-actions.ts'

/** Names that are listed before the rest is counted. */
const NAMED = 8

/** Asks before models are deleted, and names them. */
export function RemoveSheet({ rows, onRemoved }: { rows: readonly PresetRow[]; onRemoved?: () => void }) {
  const { t } = useTranslation(['presets', 'app'])
  const ids = usePresetsStore((store) => store.removing)
  const { busy, failure } = usePresetActionStore()
  const actions = usePresetActions()
  const keep = useRef<HTMLButtonElement>(null)
  if (ids === null) return null
  const close = (): void => usePresetsStore.setState({ removing: null })
  // Chosen rows of other pages are known by their ids only.
  const names = ids.map((id) => rows.find((row) => row.preset.id === id)?.preset.name ?? id)
  return (
    <Dialog
      open
      onOpenChange={close}
      title={
        ids.length === 1
          ? t('presets:remove.one', { name: names[0] ?? '' })
          : t('presets:remove.many', { number: ids.length })
      }
      initialFocus={keep}
      footer={
        <>
          <Button
            look="prime"
            disabled={busy}
            onClick={async () => {
              if (!(await actions.remove(ids))) return
              for (const id of ids) keepDraft(id, null)
              close()
              onRemoved?.()
            }}
          >
            {busy ? t('presets:remove.deleting') : t('presets:remove.delete')}
          </Button>
          <Button ref={keep} onClick={close}>
            {t('presets:remove.keep')}
          </Button>
          <Button look="quiet" className="end" disabled={busy} onClick={() => void actions.exportModels(ids)}>
            {t('presets:remove.backup')}
          </Button>
        </>
      }
    >
      {ids.length > 1 ? (
        <p>
          {names.slice(0, NAMED).join(', ')}
          {names.length > NAMED ? ` ${t('presets:remove.more', { count: names.length - NAMED })}` : ''}
        </p>
      ) : null}
      <p className="m">{t('presets:remove.body')}</p>
      {failure === null ? null : (
        <div className="pt-3">
          <ErrorForm error={failure.error} alert />
        </div>
      )}
    </Dialog>
  )
}
