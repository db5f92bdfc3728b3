import { useEffect, useState } from 'react'

/** A longer text, saved when the field is left. */
export function TextSetting({
  id,
  value,
  onChange,
  disabled,
  maxLength,
}: {
  id: string
  value: string
  onChange: (value: string) => void
  disabled: boolean
  maxLength: number
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <textarea
      id={id}
      rows={4}
      value={text}
      maxLength={maxLength}
      disabled={disabled}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        if (text !== value) onChange(text)
      }}
    />
  )
}
