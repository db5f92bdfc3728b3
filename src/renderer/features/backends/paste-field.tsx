import { KeyRound } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { openEditor } from './backends-store.ts'
import { recognisePaste } from './recognise-paste.ts'

/** One field for a key or an address; the form opens with what it tells. */
export function PasteField() {
  const { t } = useTranslation('backends')
  const [text, setText] = useState('')
  const [unknown, setUnknown] = useState(false)
  function open(pasted: string): boolean {
    const found = recognisePaste(pasted)
    setUnknown(found === null)
    if (found === null) return false
    setText('')
    openEditor({ kind: 'add', found })
    return true
  }
  return (
    <form
      className="paste"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (text.trim() === '') openEditor({ kind: 'add', found: null })
        else open(text)
      }}
    >
      <span className="field grow">
        <KeyRound size={14} strokeWidth={1.75} aria-hidden="true" />
        <input
          aria-label={t('pasteLabel')}
          aria-invalid={unknown}
          placeholder={t('paste')}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setUnknown(false)
          }}
          onPaste={(event) => {
            if (open(event.clipboardData.getData('text'))) event.preventDefault()
          }}
        />
      </span>
      <Button type="submit">{t('pasteGo')}</Button>
      {unknown ? (
        <span className="s bad" role="alert">
          {t('pasteUnknown')}
        </span>
      ) : null}
    </form>
  )
}
