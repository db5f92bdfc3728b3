import { useTranslation } from 'react-i18next'
import { AUTH_TYPES } from '#shared/connections.ts'
import { NumberField } from '../../components/number-field.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { Select } from '../../components/select.tsx'
import { useFormat } from '../../i18n/format.ts'
import type { ConnectionDraft } from './connection-draft.ts'
import type { Refusal } from './field-errors.ts'
import { FormRow, type RowIds, TextControl } from './form-row.tsx'
import { HeaderRows } from './header-rows.tsx'

/** Entra ID and named API versions are Azure's. */
const AZURE_ONLY = 'microsoft_entra_id'
const CONNECTION_TYPES = ['auto', 'local', 'external'] as const
const VISIBILITIES = ['private', 'everyone'] as const
const API_TYPES = ['chat', 'responses'] as const
/** The same limits as the contract's, in seconds. */
const LIMITS = {
  connectMs: { max: 600 },
  firstByteMs: { max: 86_400 },
  idleMs: { max: 86_400 },
} as const

/** Everything that rarely needs a change. */
export function MoreFields({
  draft,
  refusal,
  onChange,
}: {
  draft: ConnectionDraft
  refusal: Refusal | null
  onChange: (draft: ConnectionDraft) => void
}) {
  const { t } = useTranslation('backends')
  const format = useFormat()
  const { config } = draft
  const patch = (change: Partial<ConnectionDraft['config']>): void =>
    onChange({ ...draft, config: { ...config, ...change } })
  const range = (min: number, max: number): string =>
    t('form.invalid', { min: format.number(min), max: format.number(max) })

  return (
    <>
      <FormRow field="prefixId" label={t('form.prefix')} hint={t('form.prefixHint')} refusal={refusal}>
        {(ids) => (
          <TextControl
            ids={ids}
            mono
            value={config.prefixId ?? ''}
            onChange={(text) => patch({ prefixId: text === '' ? null : text })}
          />
        )}
      </FormRow>
      <FormRow field="tags" label={t('form.tags')} hint={t('form.tagsHint')} refusal={refusal}>
        {(ids) => <TextControl ids={ids} value={draft.tags} onChange={(tags) => onChange({ ...draft, tags })} />}
      </FormRow>
      <FormRow
        field="modelIds"
        label={t('form.modelIds')}
        hint={config.provider === 'azure' ? t('form.modelIdsAzure') : t('form.modelIdsHint')}
        refusal={refusal}
      >
        {(ids) => (
          <TextControl
            ids={ids}
            mono
            lines={3}
            value={draft.modelIds}
            onChange={(modelIds) => onChange({ ...draft, modelIds })}
          />
        )}
      </FormRow>
      <FormRow field="auth" label={t('form.auth')} refusal={refusal}>
        {(ids) => (
          <>
            <Select
              id={ids.id}
              label={t('form.auth')}
              value={config.auth.type}
              options={AUTH_TYPES.filter(
                (type) => type !== AZURE_ONLY || config.provider === 'azure' || config.auth.type === AZURE_ONLY,
              ).map((type) => ({ value: type, label: t(`form.authType.${type}`) }))}
              onChange={(type) => patch({ auth: { ...config.auth, type } })}
            />
            {config.auth.type === 'header' ? (
              <input
                className="typed"
                aria-label={t('form.headerName')}
                aria-invalid={ids.invalid}
                aria-describedby={ids.describedBy}
                placeholder="X-API-Key"
                spellCheck={false}
                autoComplete="off"
                value={config.auth.headerName ?? ''}
                onChange={(event) => patch({ auth: { type: 'header', headerName: event.target.value } })}
              />
            ) : null}
          </>
        )}
      </FormRow>
      <HeaderRows headers={draft.headers} refusal={refusal} onChange={(headers) => onChange({ ...draft, headers })} />
      {config.provider === 'azure' ? (
        <FormRow field="apiVersion" label={t('form.apiVersion')} hint={t('form.apiVersionHint')} refusal={refusal}>
          {(ids) => (
            <TextControl
              ids={ids}
              mono
              value={config.apiVersion ?? ''}
              onChange={(text) => patch({ apiVersion: text === '' ? null : text })}
            />
          )}
        </FormRow>
      ) : null}
      {config.provider === 'azure' || config.provider === 'openai' ? (
        <FormRow group field="apiType" label={t('form.apiType')} refusal={refusal}>
          {() => (
            <Segmented
              label={t('form.apiType')}
              value={config.apiType}
              options={API_TYPES.map((value) => ({ value, label: t(`form.apiTypes.${value}`) }))}
              onChange={(apiType) => patch({ apiType })}
            />
          )}
        </FormRow>
      ) : null}
      {config.provider === 'anthropic' ? (
        <FormRow
          field="passthroughParams"
          label={t('form.passthrough')}
          hint={t('form.passthroughHint')}
          refusal={refusal}
        >
          {(ids) => (
            <TextControl
              ids={ids}
              mono
              value={draft.passthroughParams}
              onChange={(passthroughParams) => onChange({ ...draft, passthroughParams })}
            />
          )}
        </FormRow>
      ) : null}
      <FormRow group field="connectionType" label={t('form.connectionType')} refusal={refusal}>
        {() => (
          <Segmented
            label={t('form.connectionType')}
            value={config.connectionType ?? 'auto'}
            options={CONNECTION_TYPES.map((value) => ({ value, label: t(`form.connectionTypes.${value}`) }))}
            onChange={(type) => patch({ connectionType: type === 'auto' ? null : type })}
          />
        )}
      </FormRow>
      <FormRow group field="visibility" label={t('form.visibility')} hint={t('form.visibilityHint')} refusal={refusal}>
        {() => (
          <Segmented
            label={t('form.visibility')}
            value={config.visibility}
            options={VISIBILITIES.map((value) => ({ value, label: t(`form.visibilities.${value}`) }))}
            onChange={(visibility) => patch({ visibility })}
          />
        )}
      </FormRow>
      <FormRow group field="timeouts" label={t('form.timeouts')} refusal={refusal}>
        {() => (
          <div className="figures">
            {(['connectMs', 'firstByteMs', 'idleMs'] as const).map((key) => (
              <Figure key={key} label={t(`form.${key}`)}>
                <NumberField
                  label={t(`form.${key}`)}
                  value={config.timeouts[key] / 1000}
                  min={0.1}
                  max={LIMITS[key].max}
                  step={0.1}
                  required
                  invalid={range(0.1, LIMITS[key].max)}
                  onCommit={(seconds) => {
                    if (seconds === null) return
                    patch({ timeouts: { ...config.timeouts, [key]: Math.round(seconds * 1000) } })
                  }}
                />
              </Figure>
            ))}
          </div>
        )}
      </FormRow>
      <NumberRow
        field="priority"
        label={t('form.priority')}
        hint={t('form.priorityHint')}
        refusal={refusal}
        value={config.priority}
        min={-1000}
        max={1000}
        range={range}
        onCommit={(value) => patch({ priority: value ?? 0 })}
      />
      <NumberRow
        field="weight"
        label={t('form.weight')}
        refusal={refusal}
        value={config.weight}
        min={0}
        max={1000}
        step={0.1}
        range={range}
        onCommit={(value) => patch({ weight: value ?? 1 })}
      />
      <NumberRow
        field="probeSeconds"
        label={t('form.probe')}
        refusal={refusal}
        value={config.probeSeconds}
        placeholder={t('form.probeAuto')}
        min={0.05}
        max={86_400}
        step={0.1}
        range={range}
        onCommit={(probeSeconds) => patch({ probeSeconds })}
      />
      <FormRow field="fingerprint" label={t('form.fingerprint')} hint={t('form.fingerprintHint')} refusal={refusal}>
        {(ids) => (
          <TextControl
            ids={ids}
            mono
            lines={2}
            value={config.fingerprint ?? ''}
            onChange={(text) => patch({ fingerprint: text.trim() === '' ? null : text })}
          />
        )}
      </FormRow>
    </>
  )
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="figure">
      <span className="s m" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  )
}

function NumberRow(props: {
  field: 'priority' | 'weight' | 'probeSeconds'
  label: string
  hint?: string
  refusal: Refusal | null
  value: number | null
  placeholder?: string
  min: number
  max: number
  step?: number
  range: (min: number, max: number) => string
  onCommit: (value: number | null) => void
}) {
  const { field, label, hint, refusal, value, placeholder, min, max, step, range, onCommit } = props
  return (
    <FormRow field={field} label={label} refusal={refusal} {...(hint === undefined ? {} : { hint })}>
      {({ id }: RowIds) => (
        <NumberField
          id={id}
          label={label}
          value={value}
          min={min}
          max={max}
          step={step}
          placeholder={placeholder}
          invalid={range(min, max)}
          onCommit={onCommit}
          className="figure-field"
        />
      )}
    </FormRow>
  )
}
