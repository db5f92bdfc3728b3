import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { Select } from '../../components/select.tsx'
import { type ConnectionDraft, withPreset } from './connection-draft.ts'
import type { Refusal } from './field-errors.ts'
import { FormRow, TextControl } from './form-row.tsx'
import { KeyRows } from './key-rows.tsx'
import { PROVIDER_PRESETS, presetOf } from './provider-presets.ts'
import { hostOf } from './use-connection-text.ts'

/** What most connections need: provider, address, keys and a name. */
export function BasicFields({
  draft,
  refusal,
  onChange,
  addressRef,
}: {
  draft: ConnectionDraft
  refusal: Refusal | null
  onChange: (draft: ConnectionDraft) => void
  addressRef: Ref<HTMLInputElement>
}) {
  const { t } = useTranslation('backends')
  const preset = presetOf(draft.preset)
  const patch = (change: Partial<ConnectionDraft['config']>): void =>
    onChange({ ...draft, config: { ...draft.config, ...change } })
  return (
    <>
      <FormRow
        field="provider"
        label={t('form.provider')}
        refusal={refusal}
        {...(draft.guessed ? { hint: t('form.guess') } : {})}
      >
        {({ id }) => (
          <Select
            id={id}
            label={t('form.provider')}
            value={draft.preset}
            options={PROVIDER_PRESETS.map((one) => ({
              value: one.id,
              label: one.label ?? t('provider.openai'),
              hint: one.baseUrl === '' ? undefined : hostOf(one.baseUrl),
            }))}
            onChange={(next) => onChange(withPreset(draft, next))}
          />
        )}
      </FormRow>
      <FormRow
        field="baseUrl"
        label={t('form.address')}
        hint={t(`form.addressHint.${draft.config.provider}`)}
        refusal={refusal}
      >
        {(ids) => (
          <input
            id={ids.id}
            ref={addressRef}
            className="typed"
            type="text"
            inputMode="url"
            spellCheck={false}
            autoComplete="off"
            aria-invalid={ids.invalid}
            aria-describedby={ids.describedBy}
            placeholder={preset.baseUrl === '' ? placeholderOf(draft) : preset.baseUrl}
            value={draft.config.baseUrl}
            onChange={(event) => patch({ baseUrl: event.target.value })}
          />
        )}
      </FormRow>
      <KeyRows
        keys={draft.keys}
        needed={preset.key === 'needed'}
        refusal={refusal}
        onChange={(keys) => onChange({ ...draft, keys })}
      />
      <FormRow field="name" label={t('form.name')} refusal={refusal}>
        {(ids) => (
          <TextControl
            ids={ids}
            value={draft.config.name}
            placeholder={t('form.namePlaceholder')}
            onChange={(name) => patch({ name })}
          />
        )}
      </FormRow>
    </>
  )
}

function placeholderOf({ config }: ConnectionDraft): string {
  return config.provider === 'azure' ? 'https://my-resource.openai.azure.com' : 'https://example.com/v1'
}
