import { ArrowLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { PresetRow } from '#shared/presets.ts'
import { Button } from '../../components/button.tsx'
import { ModelFace } from '../../components/model-picker/model-face.tsx'
import { Tooltip } from '../../components/tooltip.tsx'
import { useShortcut } from '../../page/shortcuts.ts'
import { PRESETS_PATH } from './preset-address.ts'
import type { PresetDraft } from './preset-draft.ts'
import { pictureOf } from './preset-meta.ts'
import { RowMenu } from './row-menu.tsx'

/** Whose page it is, whether all is saved, and the one thing to do: save. */
export function EditorHead({
  row,
  draft,
  dirty,
  saving,
  onSave,
  onDiscard,
}: {
  row: PresetRow | null
  draft: PresetDraft
  dirty: boolean
  saving: boolean
  onSave: () => void
  onDiscard: () => void
}) {
  const { t } = useTranslation('presets')
  const readOnly = row !== null && !row.canWrite
  useShortcut({
    keys: 'Mod+S',
    group: 'models',
    label: t('editor.save'),
    run: () => {
      if (!readOnly && (dirty || row === null)) onSave()
    },
  })
  const name = draft.name.trim() === '' ? t('editor.new') : draft.name
  return (
    <header className="head editor-head">
      <Tooltip text={t('editor.back')}>
        <Link href={PRESETS_PATH} className="btn quiet ib" aria-label={t('editor.back')}>
          <ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />
        </Link>
      </Tooltip>
      <ModelFace name={name} picture={pictureOf(draft.meta)} size={24} />
      <h1 className="cut">{name}</h1>
      {row === null || row.state === 'ready' ? null : (
        <span className={row.state === 'inactive' ? 's m nw' : 's warn nw'}>{t(`state.${row.state}`)}</span>
      )}
      {dirty ? (
        <span className="s m nw" role="status">
          {t('editor.unsaved')}
        </span>
      ) : null}
      <div className="row end">
        {row === null ? null : <RowMenu row={row} inEditor />}
        {dirty && !readOnly ? (
          <Button look="quiet" className="discard" disabled={saving} onClick={onDiscard}>
            {t('editor.discard')}
          </Button>
        ) : null}
        {readOnly ? null : (
          <Button look="prime" disabled={saving || (row !== null && !dirty)} onClick={onSave}>
            {saving ? t('editor.saving') : t(row === null ? 'editor.create' : 'editor.save')}
          </Button>
        )}
      </div>
    </header>
  )
}
