import { type ReactNode, useId } from 'react'

/** On or off, at once. Filled with ink when on; its word stands beside it. */
export function Switch({
  label,
  labelledBy,
  describedBy,
  on,
  onChange,
  disabled,
  big,
}: {
  label?: string | undefined
  labelledBy?: string | undefined
  describedBy?: string | undefined
  on: boolean
  onChange: (on: boolean) => void
  disabled?: boolean | undefined
  big?: boolean | undefined
}) {
  return (
    <button
      type="button"
      role="switch"
      className={big ? 'switch big' : 'switch'}
      aria-checked={on}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      disabled={disabled}
      onClick={() => onChange(!on)}
    >
      <i aria-hidden="true" />
    </button>
  )
}

/** A sentence with its switch at the right. */
export function SwitchRow({
  words,
  hint,
  on,
  onChange,
  disabled,
}: {
  words: ReactNode
  hint?: ReactNode
  on: boolean
  onChange: (on: boolean) => void
  disabled?: boolean | undefined
}) {
  const id = useId()
  return (
    <div className="switch-row">
      <span className="grow">
        <span id={id}>{words}</span>
        {hint === undefined ? null : (
          <span id={`${id}-hint`} className="s m block">
            {hint}
          </span>
        )}
      </span>
      <Switch
        labelledBy={id}
        describedBy={hint === undefined ? undefined : `${id}-hint`}
        on={on}
        onChange={onChange}
        disabled={disabled}
      />
    </div>
  )
}
