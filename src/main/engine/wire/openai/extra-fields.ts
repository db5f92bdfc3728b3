/** Fields that only some servers know, as they came: they go to those that may. Undefined if there are none. */
export function extraFields(json: unknown, isExtra: (name: string) => boolean): Record<string, unknown> | undefined {
  const extra = Object.entries(json as object).filter(
    ([field, value]) => isExtra(field) && value !== null && value !== undefined,
  )
  return extra.length === 0 ? undefined : Object.fromEntries(extra)
}
