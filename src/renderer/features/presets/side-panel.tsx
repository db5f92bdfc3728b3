import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EffectiveRequest, PresetRow } from '#shared/presets.ts'
import { Segmented } from '../../components/segmented.tsx'
import { EffectivePanel } from './effective-panel.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { JsonPanel } from './json-panel.tsx'
import type { PresetDraft } from './preset-draft.ts'
import { TryPanel } from './try-panel.tsx'
import type { PatchDraft } from './use-draft.ts'

const TABS = ['try', 'effective', 'history', 'json'] as const
type Tab = (typeof TABS)[number]

/** Beside the form: a trial, what a request becomes, the versions, and the model as text. */
export function SidePanel({
  row,
  draft,
  dirty,
  readOnly,
  effective,
  effectiveError,
  patch,
}: {
  row: PresetRow | null
  draft: PresetDraft
  dirty: boolean
  readOnly: boolean
  effective: EffectiveRequest | undefined
  effectiveError: Error | null
  patch: PatchDraft
}) {
  const { t } = useTranslation('presets')
  const [tab, setTab] = useState<Tab>('try')
  return (
    <aside className="scroll preset-side" aria-label={t('editor.side')}>
      <Segmented
        label={t('tab.label')}
        value={tab}
        options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        onChange={setTab}
      />
      {/* The trial goes on while something else is looked at. */}
      <div className="side-body" hidden={tab !== 'try'}>
        <TryPanel draft={draft} isNew={row === null} dirty={dirty} />
      </div>
      {tab === 'effective' ? (
        <div className="side-body">
          <EffectivePanel effective={effective} error={effectiveError} />
        </div>
      ) : null}
      {tab === 'history' ? (
        <div className="side-body">
          {row === null ? <p className="m">{t('history.unsavedNew')}</p> : <HistoryPanel row={row} dirty={dirty} />}
        </div>
      ) : null}
      {tab === 'json' ? (
        <div className="side-body">
          <JsonPanel draft={draft} isNew={row === null} readOnly={readOnly} patch={patch} />
        </div>
      ) : null}
    </aside>
  )
}
