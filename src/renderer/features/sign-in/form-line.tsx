import { type HTMLInputTypeAttribute, type Ref, useId } from 'react'

/** A named line to type in, with a hint or the complaint about it below. */
export function FormLine({
  label,
  value,
  onChange,
  type = 'text',
  autoComplete = 'off',
  hint,
  complaint,
  maxLength,
  placeholder,
  disabled,
  ref,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  type?: HTMLInputTypeAttribute | undefined
  autoComplete?: string | undefined
  hint?: string | undefined
  /** Why it is refused; null while it is not. */
  complaint?: string | null | undefined
  maxLength?: number | undefined
  placeholder?: string | undefined
  disabled?: boolean | undefined
  ref?: Ref<HTMLInputElement> | undefined
}) {
  const id = useId()
  const wrong = complaint !== undefined && complaint !== null
  const below = wrong ? complaint : hint
  return (
    <div className="form-line">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        ref={ref}
        type={type}
        value={value}
        autoComplete={autoComplete}
        spellCheck={false}
        maxLength={maxLength}
        placeholder={placeholder}
        disabled={disabled}
        aria-invalid={wrong}
        aria-describedby={below === undefined ? undefined : `${id}-below`}
        onChange={(event) => onChange(event.target.value)}
      />
      {below === undefined ? null : (
        <span id={`${id}-below`} className={wrong ? 's bad' : 's m'}>
          {below}
        </span>
      )}
    </div>
  )
}
