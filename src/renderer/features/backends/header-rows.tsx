import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { type DraftHeader, rowId } from './connection-draft.ts'
import type { Refusal } from './field-errors.ts'
import { FormRow } from './form-row.tsx'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Custom headers as pairs of name and value. */
export function HeaderRows({
  headers,
  refusal,
  onChange,
}: {
  headers: readonly DraftHeader[]
  refusal: Refusal | null
  onChange: (headers: readonly DraftHeader[]) => void
}) {
  const { t } = useTranslation('backends')
  function patch(id: string, change: Partial<DraftHeader>): void {
    onChange(headers.map((other) => (other.id === id ? { ...other, ...change } : other)))
  }
  return (
    <FormRow
      group
      field="headers"
      label={t('form.headers')}
      hint={t('form.headersHint', { variable: '{{USER_NAME}}' })}
      refusal={refusal}
    >
      {({ invalid }) => (
        <div className="key-rows">
          {headers.map((header, index) => (
            <div key={header.id} className="row">
              <input
                className="typed header-name"
                aria-label={t('form.headerN', { number: index + 1 })}
                aria-invalid={invalid}
                placeholder="X-Team"
                spellCheck={false}
                autoComplete="off"
                value={header.name}
                onChange={(event) => patch(header.id, { name: event.target.value })}
              />
              <input
                className="grow typed"
                aria-label={t('form.headerV', { number: index + 1 })}
                aria-invalid={invalid}
                spellCheck={false}
                autoComplete="off"
                value={header.value}
                onChange={(event) => patch(header.id, { value: event.target.value })}
              />
              <IconButton
                label={t('form.removeHeader', { number: index + 1 })}
                icon={<X {...icon} />}
                onClick={() => onChange(headers.filter((other) => other.id !== header.id))}
              />
            </div>
          ))}
          <Button
            look="quiet"
            className="add"
            icon={<Plus {...icon} />}
            onClick={() => onChange([...headers, { id: rowId(), name: '', value: '' }])}
          >
            {t('form.addHeader')}
          </Button>
        </div>
      )}
    </FormRow>
  )
}
