const CLOSING_BRACE = 0x7d

type Body = Readonly<Record<string, unknown>>

/**
 * The bytes of a JSON object after a change: new fields are put before its closing brace, all else as it came, as a body
 * of 142 kB is not serialised anew for the sake of a few. `after` must be a shallow copy of `before` with top-level
 * changes; where one replaced or removed a field, the whole is serialised.
 */
export function changedBytes(raw: Buffer, before: Body, after: Body): Buffer {
  const added: string[] = []
  for (const name in after) {
    if (after[name] === before[name]) continue
    if (Object.hasOwn(before, name)) return serialised(after)
    added.push(`${JSON.stringify(name)}:${JSON.stringify(after[name])}`)
  }
  for (const name in before) if (!Object.hasOwn(after, name)) return serialised(after)
  if (added.length === 0) return raw
  const end = raw.lastIndexOf(CLOSING_BRACE)
  // Nothing stands before it in an empty object; no request is one.
  if (end === -1 || Object.keys(before).length === 0) return serialised(after)
  return Buffer.concat([raw.subarray(0, end), Buffer.from(`,${added.join(',')}}`)])
}

function serialised(body: Body): Buffer {
  return Buffer.from(JSON.stringify(body))
}
