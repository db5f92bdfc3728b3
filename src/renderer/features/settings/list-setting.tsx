import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'

/** A list of texts that grows by a field below it. `check` returns why a text is refused, or null. */
export function ListSetting({
  id,
  values,
  onChange,
  check,
  disabled,
  words,
}: {
  id: string
  values: readonly string[]
  onChange: (values: string[]) => void
  check: (text: string) => string | null
  disabled: boolean
  words: { none: string; placeholder: string; field: string; add: string; remove: (value: string) => string }
}) {
  const [text, setText] = useState('')
  const [refusal, setRefusal] = useState<string | null>(null)
  function add(event: FormEvent): void {
    event.preventDefault()
    const wanted = text.trim()
    if (wanted === '') return
    const reason = check(wanted)
    setRefusal(reason)
    if (reason !== null) return
    onChange([...values, wanted])
    setText('')
  }
  return (
    <>
      {values.length === 0 ? (
        <span className="m pt-1">{words.none}</span>
      ) : (
        <ul className="lines">
          {values.map((value) => (
            <li key={value}>
              <span className="n cut grow">{value}</span>
              <IconButton
                label={words.remove(value)}
                icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                disabled={disabled}
                onClick={() => onChange(values.filter((one) => one !== value))}
              />
            </li>
          ))}
        </ul>
      )}
      <form className="row wide" onSubmit={add}>
        <input
          id={id}
          className="grow"
          value={text}
          placeholder={words.placeholder}
          aria-label={words.field}
          aria-invalid={refusal !== null}
          spellCheck={false}
          autoComplete="off"
          disabled={disabled}
          onChange={(event) => {
            setText(event.target.value)
            setRefusal(null)
          }}
        />
        <Button type="submit" disabled={disabled || text.trim() === ''}>
          {words.add}
        </Button>
      </form>
      {refusal === null ? null : (
        <span className="s bad" role="alert">
          {refusal}
        </span>
      )}
    </>
  )
}
