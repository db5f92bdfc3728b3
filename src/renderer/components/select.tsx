import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'

export interface SelectOption<Value extends string> {
  value: Value
  label: string
  /** Shown before the label, such as a place glyph. */
  mark?: ReactNode
  /** Quiet text at the right. */
  hint?: string | undefined
  disabled?: boolean | undefined
}

/** One choice out of a list, in a button that shows it. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled,
  quiet,
  side = 'bottom',
  id,
}: {
  /** Accessible name. */
  label: string
  value: Value
  options: readonly SelectOption<Value>[]
  onChange: (value: Value) => void
  disabled?: boolean | undefined
  quiet?: boolean | undefined
  side?: 'top' | 'bottom' | undefined
  id?: string | undefined
}) {
  const chosen = options.find((option) => option.value === value)
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next)
      }}
      disabled={disabled ?? false}
    >
      <Base.Trigger className={quiet ? 'btn quiet' : 'btn'} aria-label={`${label}: ${chosen?.label ?? value}`} id={id}>
        {chosen?.mark}
        <span className="cut">{chosen?.label ?? value}</span>
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          role="region"
          aria-label={label}
          className="pos"
          sideOffset={4}
          alignItemWithTrigger={false}
          side={side}
          align="start"
        >
          <Base.Popup className="pop">
            <Base.List aria-label={label}>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className="item"
                  disabled={option.disabled ?? false}
                  label={option.label}
                >
                  <span className="tick">
                    <Base.ItemIndicator>
                      <Check size={14} strokeWidth={1.75} aria-hidden="true" />
                    </Base.ItemIndicator>
                  </span>
                  {option.mark}
                  <Base.ItemText>{option.label}</Base.ItemText>
                  {option.hint === undefined ? null : <span className="end s m">{option.hint}</span>}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
