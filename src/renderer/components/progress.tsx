/** A 4 px bar. `value` is 0..1, or null while the amount is unknown. */
export function Progress({ value, label, warn }: { value: number | null; label: string; warn?: boolean | undefined }) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100)
  return (
    <span
      className={warn ? 'bar warn' : 'bar'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': percent })}
    >
      <i style={{ '--w': `${percent ?? 8}%` }} />
    </span>
  )
}
