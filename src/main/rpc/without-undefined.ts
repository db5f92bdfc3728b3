type Given<Patch> = { [Field in keyof Patch]?: Exclude<Patch[Field], undefined> }

/** A patch without the fields that were not sent: their `undefined` would read as a value. */
export function withoutUndefined<Patch extends object>(patch: Patch): Given<Patch> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Given<Patch>
}
