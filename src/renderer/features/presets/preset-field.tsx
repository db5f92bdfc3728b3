import { type ReactNode, useId } from 'react'

/** Ids that tie a control to its hint and its complaint. */
export interface FieldIds {
  id: string
  invalid: boolean
  describedBy: string | undefined
}

/** A name, its control, a hint, and what is wrong with it. `path` is what an error of the engine names. */
export function PresetField({
  path,
  label,
  hint,
  complaint,
  group,
  children,
}: {
  path: string
  label: string
  hint?: ReactNode
  complaint: string | null
  /** Several controls: the label names the group. */
  group?: boolean | undefined
  children: (ids: FieldIds) => ReactNode
}) {
  const id = useId()
  const described = [
    ...(complaint === null ? [] : [`${id}-error`]),
    ...(hint === undefined || hint === null ? [] : [`${id}-hint`]),
  ]
  const describedBy = described.length === 0 ? undefined : described.join(' ')
  const inner = (
    <div className="how">
      {children({ id, invalid: complaint !== null, describedBy })}
      {complaint === null ? null : (
        <span id={`${id}-error`} className="s bad" role="alert">
          {complaint}
        </span>
      )}
      {hint === undefined || hint === null ? null : (
        <span id={`${id}-hint`} className="s m">
          {hint}
        </span>
      )}
    </div>
  )
  if (group) {
    return (
      <fieldset
        className="pf"
        data-field={path}
        {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      >
        <legend>{label}</legend>
        {inner}
      </fieldset>
    )
  }
  return (
    <div className="pf" data-field={path}>
      <label htmlFor={id}>{label}</label>
      {inner}
    </div>
  )
}
