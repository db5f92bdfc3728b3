import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useFormat } from '../i18n/format.ts'

export interface NumberFieldProps {
  /** Accessible name. */
  label: string
  value: number | null
  /** Called with a valid number, or with null for an emptied field. Invalid text is never passed on. */
  onCommit: (value: number | null) => void
  min: number
  max: number
  /** Arrow up and down; also how many digits are kept. 1 unless told. */
  step?: number | undefined
  placeholder?: string | undefined
  disabled?: boolean | undefined
  /** There is no value that means unset: an emptied field is wrong. */
  required?: boolean | undefined
  /** The sentence shown when the text is no number between min and max. */
  invalid: string
  id?: string | undefined
  className?: string | undefined
}

/** Reads a number as people write it: `16,384`, `16 384`, `0.7`, `0,7`. Null if it is none. */
export function readNumber(text: string): number | null {
  const tight = text.replaceAll(/[\s ']/g, '')
  const grouped = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(tight) ? tight.replaceAll(',', '') : tight.replace(',', '.')
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(grouped)) return null
  return Number(grouped)
}

/**
 * A number in a field: checked and passed on when it is left or on Enter, stepped with the arrow keys, undone with
 * Escape. While its text is wrong the input is `:invalid`, so that a form does not save past it.
 */
export function NumberField(props: NumberFieldProps) {
  const { value, min, max, step = 1, onCommit } = props
  const format = useFormat()
  const shown = value === null ? '' : format.number(value)
  const [text, setText] = useState(shown)
  const [wrong, setWrong] = useState(false)
  const errorId = useId()
  const input = useRef<HTMLInputElement>(null)
  const words = useRef<HTMLSpanElement>(null)
  const complaint = wrong ? props.invalid : ''
  useLayoutEffect(() => input.current?.setCustomValidity(complaint), [complaint])
  // Below the edge of a sheet the field alone would be seen, and not why it is wrong.
  useEffect(() => {
    if (wrong && document.activeElement === input.current) words.current?.scrollIntoView({ block: 'nearest' })
  }, [wrong])
  useEffect(() => {
    setText(shown)
    setWrong(false)
  }, [shown])

  function accept(raw: string): boolean {
    if (raw.trim() === '') {
      setWrong(props.required === true)
      if (props.required) return false
      if (value !== null) onCommit(null)
      return true
    }
    const number = readNumber(raw)
    const fits = number !== null && number >= min && number <= max && (step % 1 !== 0 || Number.isInteger(number))
    setWrong(!fits)
    if (!fits) return false
    if (number !== value) onCommit(number)
    return true
  }

  function stepBy(direction: number): void {
    const from = readNumber(text) ?? value ?? min
    const digits = String(step).split('.')[1]?.length ?? 0
    const next = Number(Math.min(max, Math.max(min, from + direction * step)).toFixed(digits))
    setText(String(next))
    accept(String(next))
  }

  return (
    <>
      <input
        id={props.id}
        ref={input}
        className={['n', props.className ?? ''].join(' ').trim()}
        inputMode={step % 1 === 0 ? 'numeric' : 'decimal'}
        aria-label={props.label}
        aria-invalid={wrong}
        {...(wrong ? { 'aria-describedby': errorId } : {})}
        value={text}
        placeholder={props.placeholder}
        disabled={props.disabled}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onBlur={() => accept(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            if (accept(text)) event.currentTarget.select()
          } else if (event.key === 'Escape' && text !== shown) {
            event.stopPropagation()
            setText(shown)
            setWrong(false)
          } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault()
            stepBy(event.key === 'ArrowUp' ? 1 : -1)
          }
        }}
      />
      {wrong ? (
        <span id={errorId} ref={words} className="s bad" role="alert">
          {props.invalid}
        </span>
      ) : null}
    </>
  )
}
