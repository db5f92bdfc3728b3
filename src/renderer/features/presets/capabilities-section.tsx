import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { PresetDraft } from './preset-draft.ts'
import { capabilityOf, MODEL_CAPABILITIES, withCapability } from './preset-meta.ts'
import type { PatchDraft } from './use-draft.ts'

/** What windows offer for this model; nothing said is on, except `usage`. */
export const CapabilitiesSection = memo(function CapabilitiesSection({
  meta,
  patch,
}: Pick<PresetDraft, 'meta'> & { patch: PatchDraft }) {
  const { t } = useTranslation('presets')
  return (
    <section className="sect" aria-label={t('section.capabilities')} data-field="meta.capabilities">
      <div className="sect-head">
        <h2>{t('section.capabilities')}</h2>
      </div>
      <p className="m s note">{t('capability.note')}</p>
      <div className="caps">
        {MODEL_CAPABILITIES.map((name) => {
          const fallback = name !== 'usage'
          const value = capabilityOf(meta, name) ?? fallback
          return (
            <label key={name} className={value === fallback ? 'check mark' : 'check mark chg'}>
              <input
                type="checkbox"
                checked={value}
                onChange={(event) => {
                  const checked = event.target.checked
                  patch((draft) => ({ ...draft, meta: withCapability(draft.meta, name, checked) }))
                }}
              />
              {t(`capability.${name}`)}
            </label>
          )
        })}
      </div>
    </section>
  )
})
