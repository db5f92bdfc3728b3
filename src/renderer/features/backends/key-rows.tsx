import { KeyRound, Plus, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { type DraftKey, newKeyRow } from './connection-draft.ts'
import type { Refusal } from './field-errors.ts'
import { FormRow } from './form-row.tsx'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** The keys of a connection: sealed ones by their masks, new ones to be typed. */
export function KeyRows({
  keys,
  needed,
  refusal,
  onChange,
}: {
  keys: readonly DraftKey[]
  needed: boolean
  refusal: Refusal | null
  onChange: (keys: readonly DraftKey[]) => void
}) {
  const { t } = useTranslation('backends')
  const list = useRef<HTMLDivElement>(null)
  return (
    <FormRow
      group
      field="keys"
      label={t('form.keys')}
      hint={needed ? t('form.keysHint') : `${t('form.keysOptional')} ${t('form.keysHint')}`}
      refusal={refusal}
    >
      {({ invalid }) => (
        <div className="key-rows" ref={list}>
          {keys.map((key, index) => (
            <div key={key.id} className="row">
              {key.mask === null ? (
                <input
                  className="grow typed"
                  type="password"
                  autoComplete="new-password"
                  spellCheck={false}
                  aria-label={t('form.key', { number: index + 1 })}
                  aria-invalid={invalid && (refusal?.row === index || refusal?.row === null)}
                  placeholder={t('form.newKey')}
                  value={key.value}
                  onChange={(event) =>
                    onChange(
                      keys.map((other) => (other.id === key.id ? { ...other, value: event.target.value } : other)),
                    )
                  }
                />
              ) : (
                <span className="row grow kept">
                  <KeyRound {...icon} />
                  <span className="n">{key.mask}</span>
                  <span className="s m">{t('form.keepKey')}</span>
                </span>
              )}
              <IconButton
                label={
                  key.mask === null
                    ? t('form.removeNewKey', { number: index + 1 })
                    : t('form.removeKey', { mask: key.mask })
                }
                icon={<X {...icon} />}
                onClick={() => {
                  onChange(keys.filter((other) => other.id !== key.id))
                  list.current?.querySelector<HTMLElement>('.add')?.focus()
                }}
              />
            </div>
          ))}
          <Button
            look="quiet"
            className="add"
            icon={<Plus {...icon} />}
            onClick={() => {
              onChange([...keys, newKeyRow()])
              requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('.row:last-of-type input')?.focus())
            }}
          >
            {t('form.addKey')}
          </Button>
        </div>
      )}
    </FormRow>
  )
}
