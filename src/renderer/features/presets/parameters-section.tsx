import { memo, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePresetParameters } from '../../bridge/preset-queries.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { Button } from '../../components/button.tsx'
import { ErrorForm } from '../../components/error-form.tsx'
import { CustomParams } from './custom-params.tsx'
import { countSet, parameterGroups } from './parameter-list.ts'
import { ParameterRow } from './parameter-row.tsx'
import { type PresetDraft, withParam } from './preset-draft.ts'
import { modeOf, type ParameterMode, withMode } from './preset-meta.ts'
import { complaintAt, type Refusal } from './refusal.ts'
import { TemplatesSheet } from './templates-sheet.tsx'
import type { PatchDraft } from './use-draft.ts'

/** Parameters that fit the base model, one a row, all unset to begin with; further ones by name. */
export const ParametersSection = memo(function ParametersSection({
  baseModelId,
  params,
  savedParams,
  meta,
  refusal,
  patch,
}: Pick<PresetDraft, 'baseModelId' | 'params' | 'meta'> & {
  /** A row of the record stays while its field is emptied and typed anew. */
  savedParams: PresetDraft['params']
  refusal: Refusal | null
  patch: PatchDraft
}) {
  const { t } = useTranslation(['presets', 'app'])
  const infos = usePresetParameters(baseModelId)
  const [templates, setTemplates] = useState(false)
  const groups = useMemo(
    () => parameterGroups(infos.data ?? [], { ...savedParams, ...params }),
    [infos.data, params, savedParams],
  )
  const onValue = useCallback(
    (name: string, value: unknown) =>
      patch((draft) => ({
        ...draft,
        params: withParam(draft.params, name, value),
        // A lock on nothing says nothing.
        meta: value === undefined ? withMode(draft.meta, name, 'lock') : draft.meta,
      })),
    [patch],
  )
  const onMode = useCallback(
    (name: string, mode: ParameterMode) => patch((draft) => ({ ...draft, meta: withMode(draft.meta, name, mode) })),
    [patch],
  )
  const onCustom = useCallback(
    (custom: Record<string, unknown> | undefined) =>
      patch((draft) => ({ ...draft, params: withParam(draft.params, 'custom_params', custom) })),
    [patch],
  )
  const set = countSet(params)
  return (
    <section className="sect" aria-label={t('presets:section.parameters')}>
      <div className="sect-head">
        <h2>{t('presets:section.parameters')}</h2>
        {set === 0 ? null : <span className="m s">{t('presets:params.set', { count: set })}</span>}
        <span className="end">
          <Button look="quiet" className="flush" onClick={() => setTemplates(true)}>
            {t('presets:params.templates')}
          </Button>
        </span>
      </div>
      <p className="m s note">{t('presets:params.note')}</p>
      {infos.data === undefined && infos.error !== null ? (
        <ErrorForm error={toPublicError(infos.error)}>
          <div className="row pt-1">
            <Button onClick={() => void infos.refetch()}>{t('app:retry')}</Button>
          </div>
        </ErrorForm>
      ) : null}
      {infos.isPending ? (
        <p className="m" role="status">
          {t('presets:params.loading')}
        </p>
      ) : null}
      {groups.map(({ group, infos: members }) => (
        <section key={group} className="par-group" aria-label={t(`presets:params.group.${group}`)}>
          <h3>{t(`presets:params.group.${group}`)}</h3>
          {members.map((info) => (
            <ParameterRow
              key={info.name}
              info={info}
              value={params[info.name] ?? undefined}
              mode={modeOf(meta, info.name)}
              complaint={complaintAt(refusal, `params.${info.name}`)}
              onValue={onValue}
              onMode={onMode}
            />
          ))}
        </section>
      ))}
      <section className="par-group" aria-label={t('presets:section.custom')}>
        <h3>{t('presets:section.custom')}</h3>
        <p className="m s note">{t('presets:params.custom.note')}</p>
        <CustomParams
          custom={params.custom_params}
          complaint={complaintAt(refusal, 'params.custom_params')}
          onChange={onCustom}
        />
      </section>
      {templates ? <TemplatesSheet params={params} patch={patch} onClose={() => setTemplates(false)} /> : null}
    </section>
  )
})
