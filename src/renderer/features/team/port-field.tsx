import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** The number in a text as a port, or null: 0 to 65,535, digits only. */
export function readPort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text.trim())) return null
  const port = Number(text)
  return port <= 65_535 ? port : null
}

/** A port, written without separators as ports are. `null` is passed on while it is none. */
export function PortField({ port, onChange }: { port: number; onChange: (port: number | null) => void }) {
  const { t } = useTranslation('team')
  const id = useId()
  const [text, setText] = useState(String(port))
  const wrong = readPort(text) === null
  return (
    <>
      <label htmlFor={id}>{t('sheet.port')}</label>
      <input
        id={id}
        className="n short"
        inputMode="numeric"
        autoComplete="off"
        value={text}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(event) => {
          setText(event.target.value)
          onChange(readPort(event.target.value))
        }}
      />
      {wrong ? (
        <span id={`${id}-wrong`} className="s bad" role="alert">
          {t('sheet.portInvalid')}
        </span>
      ) : null}
    </>
  )
}
