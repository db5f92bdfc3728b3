import { Plus, X } from 'lucide-react'
import { memo, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { sameValue } from './preset-draft.ts'
import { isRecord } from './preset-meta.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

interface Row {
  key: number
  name: string
  value: string
}

/** Parameters that we have no row for, as name and value, sent as they are. */
export const CustomParams = memo(function CustomParams({
  custom,
  complaint,
  onChange,
}: {
  custom: unknown
  complaint: string | null
  /** Undefined: none left. */
  onChange: (custom: Record<string, unknown> | undefined) => void
}) {
  const { t } = useTranslation('presets')
  const next = useRef(0)
  const rowsOf = (record: unknown): Row[] =>
    Object.entries(isRecord(record) ? record : {}).map(([name, value]) => {
      next.current += 1
      return { key: next.current, name, value: typeof value === 'string' ? plain(value) : JSON.stringify(value) }
    })
  const [rows, setRows] = useState(() => rowsOf(custom))
  const shown = useRef(rows)
  shown.current = rows
  const make = useRef(rowsOf)
  make.current = rowsOf
  useEffect(() => {
    // What comes from elsewhere (a template, the JSON) is taken over; half-written rows of ours stay.
    if (!sameValue(recordOf(shown.current) ?? null, isRecord(custom) ? custom : null)) setRows(make.current(custom))
  }, [custom])

  function change(changed: Row[]): void {
    setRows(changed)
    onChange(recordOf(changed))
  }

  const names = rows.map((row) => row.name.trim())
  return (
    <div className="custom" data-field="params.custom_params">
      {rows.map((row, index) => {
        const twice = row.name.trim() !== '' && names.indexOf(row.name.trim()) !== index
        const number = index + 1
        return (
          <div key={row.key} className="custom-row">
            <input
              className="typed"
              aria-label={t('params.custom.key', { number })}
              aria-invalid={twice}
              placeholder="name"
              spellCheck={false}
              autoComplete="off"
              value={row.name}
              onChange={(event) =>
                change(rows.map((one) => (one === row ? { ...row, name: event.target.value } : one)))
              }
            />
            <input
              className="typed"
              aria-label={t('params.custom.value', { number })}
              placeholder="JSON"
              spellCheck={false}
              autoComplete="off"
              value={row.value}
              onChange={(event) =>
                change(rows.map((one) => (one === row ? { ...row, value: event.target.value } : one)))
              }
            />
            <IconButton
              label={t('params.custom.remove', { number })}
              icon={<X {...icon} />}
              onClick={() => change(rows.filter((one) => one !== row))}
            />
            {twice ? (
              <span className="s bad" role="alert">
                {t('params.custom.twice')}
              </span>
            ) : null}
          </div>
        )
      })}
      {complaint === null ? null : (
        <p className="s bad" role="alert">
          {complaint}
        </p>
      )}
      <Button
        look="quiet"
        className="add"
        icon={<Plus {...icon} />}
        onClick={() => {
          next.current += 1
          setRows([...rows, { key: next.current, name: '', value: '' }])
        }}
      >
        {t('params.custom.add')}
      </Button>
    </div>
  )
})

/** A text that would be read back as something else is written as JSON: `"5"`, not `5`. */
function plain(text: string): string {
  return typeof readValue(text) === 'string' && text !== '' ? text : JSON.stringify(text)
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The rows that have a name and a value. */
function recordOf(rows: readonly Row[]): Record<string, unknown> | undefined {
  const named = rows.filter((row) => row.name.trim() !== '' && row.value.trim() !== '')
  if (named.length === 0) return undefined
  return Object.fromEntries(named.map((row) => [row.name.trim(), readValue(row.value)]))
}
