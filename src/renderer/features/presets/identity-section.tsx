import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { findByName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import { useCatalog } from '../../bridge/queries.ts'
import { ModelPicker } from '../../components/model-picker/model-picker.tsx'
import { chatModels, useUnknownModels } from '../chat/use-chat-models.ts'
import { PictureField } from './picture-field.tsx'
import type { PresetDraft } from './preset-draft.ts'
import { PresetField } from './preset-field.tsx'
import { descriptionOf, pictureOf, tagsOf, withTags } from './preset-meta.ts'
import { complaintAt, type Refusal } from './refusal.ts'
import { slugOf } from './slug.ts'
import { TagsField } from './tags-field.tsx'
import type { PatchDraft } from './use-draft.ts'

/** What the model is: its base, name, id, description, picture, tags, and whether it answers at all. */
export const IdentitySection = memo(function IdentitySection({
  id,
  name,
  baseModelId,
  meta,
  isActive,
  isNew,
  refusal,
  patch,
}: Pick<PresetDraft, 'id' | 'name' | 'baseModelId' | 'meta' | 'isActive'> & {
  isNew: boolean
  refusal: Refusal | null
  patch: PatchDraft
}) {
  const { t } = useTranslation('presets')
  return (
    <section className="sect" aria-label={t('section.about')}>
      <BaseField
        own={id}
        baseModelId={baseModelId}
        isNew={isNew}
        complaint={complaintAt(refusal, 'baseModelId')}
        patch={patch}
      />
      <PresetField path="name" label={t('field.name')} complaint={complaintAt(refusal, 'name')}>
        {(ids) => (
          <input
            id={ids.id}
            aria-invalid={ids.invalid}
            aria-describedby={ids.describedBy}
            value={name}
            maxLength={512}
            autoComplete="off"
            onChange={(event) => {
              const next = event.target.value
              patch((draft) => ({
                ...draft,
                name: next,
                // The id follows the name as long as nobody has typed another.
                ...(isNew && draft.id === slugOf(draft.name) ? { id: slugOf(next) } : {}),
              }))
            }}
          />
        )}
      </PresetField>
      <PresetField
        path="id"
        label={t('field.id')}
        hint={t(isNew ? 'field.idHint' : 'field.idFixed')}
        complaint={complaintAt(refusal, 'id')}
      >
        {(ids) => (
          <input
            id={ids.id}
            className="typed"
            aria-invalid={ids.invalid}
            aria-describedby={ids.describedBy}
            value={id}
            readOnly={!isNew}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              const next = event.target.value
              patch((draft) => ({ ...draft, id: next }))
            }}
          />
        )}
      </PresetField>
      <PresetField
        path="meta.description"
        label={t('field.description')}
        hint={t('field.descriptionHint')}
        complaint={complaintAt(refusal, 'meta.description')}
      >
        {(ids) => (
          <textarea
            id={ids.id}
            rows={2}
            aria-invalid={ids.invalid}
            aria-describedby={ids.describedBy}
            value={descriptionOf(meta)}
            onChange={(event) => {
              const description = event.target.value
              patch((draft) => ({ ...draft, meta: { ...draft.meta, description } }))
            }}
          />
        )}
      </PresetField>
      <PictureField
        name={name}
        picture={pictureOf(meta)}
        complaint={complaintAt(refusal, 'meta.profile_image_url')}
        onChange={(picture) => patch((draft) => ({ ...draft, meta: { ...draft.meta, profile_image_url: picture } }))}
      />
      <TagsField
        tags={tagsOf(meta)}
        complaint={complaintAt(refusal, 'meta.tags')}
        onChange={(tags) => patch((draft) => ({ ...draft, meta: withTags(draft.meta, tags) }))}
      />
      <div className="pf">
        <span />
        <div className="how">
          <label className="check">
            <input
              type="checkbox"
              checked={isActive}
              onChange={(event) => {
                const active = event.target.checked
                patch((draft) => ({ ...draft, isActive: active }))
              }}
            />
            {t('field.active')}
          </label>
          {isActive ? null : <span className="s m">{t('field.activeHint')}</span>}
        </div>
      </div>
    </section>
  )
})

function BaseField({
  own,
  baseModelId,
  isNew,
  complaint,
  patch,
}: {
  own: string
  baseModelId: string | null
  isNew: boolean
  complaint: string | null
  patch: PatchDraft
}) {
  const { t } = useTranslation('presets')
  const catalog = useCatalog().data
  const unknown = useUnknownModels()
  const models = useMemo(() => chatModels(catalog ?? []).filter((model) => model.id !== own), [catalog, own])
  const base: CatalogModel | null = findByName(catalog ?? [], baseModelId) ?? null
  const override = !isNew && baseModelId === null
  const missing = catalog !== undefined && baseModelId !== null && base === null
  return (
    <PresetField
      group
      path="baseModelId"
      label={t('field.base')}
      complaint={complaint ?? (missing ? t('field.baseMissing', { base: baseModelId }) : null)}
      hint={t(override ? 'field.override' : baseModelId === null ? 'field.baseNone' : 'field.baseHint')}
    >
      {() =>
        override ? null : (
          <ModelPicker
            models={models}
            unknown={unknown}
            model={base}
            onChange={(model) => patch((draft) => ({ ...draft, baseModelId: model.id }))}
          />
        )
      }
    </PresetField>
  )
}
