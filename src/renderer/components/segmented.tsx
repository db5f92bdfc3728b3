import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'

/** A few choices side by side, one of them chosen; arrow keys move. `null` is no choice made yet. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled,
}: {
  label: string
  value: Value | null
  options: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
  disabled?: boolean | undefined
}) {
  return (
    <ToggleGroup
      className="seg"
      aria-label={label}
      value={value === null ? [] : [value]}
      disabled={disabled ?? false}
      onValueChange={(next) => {
        // Pressing the chosen one again keeps it.
        const chosen = next.at(-1)
        if (chosen !== undefined && chosen !== value) onChange(chosen)
      }}
    >
      {options.map((option) => (
        <Toggle key={option.value} value={option.value}>
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
