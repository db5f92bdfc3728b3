import { type ReactNode, useId } from 'react'
import type { FieldName, Refusal } from './field-errors.ts'

/** Ids that tie a control to its hint and its error. */
export interface RowIds {
  id: string
  invalid: boolean
  describedBy: string | undefined
}

/** A name, its control, a hint, and the engine's complaint where there is one. */
export function FormRow({
  field,
  label,
  hint,
  refusal,
  group,
  children,
}: {
  field: FieldName
  label: string
  hint?: ReactNode
  refusal: Refusal | null
  /** Several controls: the label names the group. */
  group?: boolean | undefined
  children: (ids: RowIds) => ReactNode
}) {
  const id = useId()
  const complaint = refusal?.field === field ? refusal.error.message : null
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const described = [complaint === null ? null : errorId, hint === undefined ? null : hintId].filter(
    (one) => one !== null,
  )
  const describedBy = described.length === 0 ? undefined : described.join(' ')
  const inner = (
    <>
      {children({ id, invalid: complaint !== null, describedBy })}
      {complaint === null ? null : (
        <span id={errorId} className="s bad" role="alert">
          {complaint}
        </span>
      )}
      {hint === undefined ? null : (
        <span id={hintId} className="s m">
          {hint}
        </span>
      )}
    </>
  )
  if (group) {
    return (
      <fieldset
        className="fr"
        data-field={field}
        {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      >
        <legend>{label}</legend>
        <div className="how">{inner}</div>
      </fieldset>
    )
  }
  return (
    <div className="fr" data-field={field}>
      <label htmlFor={id}>{label}</label>
      <div className="how">{inner}</div>
    </div>
  )
}

/** A line of text in a row. */
export function TextControl({
  ids,
  value,
  onChange,
  placeholder,
  mono,
  lines,
}: {
  ids: RowIds
  value: string
  onChange: (value: string) => void
  placeholder?: string | undefined
  mono?: boolean | undefined
  /** More than one: a text area of so many lines. */
  lines?: number | undefined
}) {
  const shared = {
    id: ids.id,
    value,
    placeholder,
    spellCheck: false,
    autoComplete: 'off',
    'aria-invalid': ids.invalid,
    'aria-describedby': ids.describedBy,
    className: mono ? 'typed' : undefined,
  }
  if (lines !== undefined) {
    return <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
  }
  return <input {...shared} type="text" onChange={(event) => onChange(event.target.value)} />
}
