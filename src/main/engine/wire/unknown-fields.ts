/** Names are the caller's own text and end in a header and the log, so there is a bound to them. */
const MAX_FIELDS = 20
const MAX_NAME_LENGTH = 64

/** Fields that say something and that nobody here reads, named behind `at`. */
export function unknownFields(value: object, isKnown: (name: string) => boolean, at = ''): string[] {
  const names = Object.entries(value).flatMap(([name, said]) =>
    isKnown(name) || saysNothing(said) ? [] : [`${at}${name.slice(0, MAX_NAME_LENGTH)}`],
  )
  return names.slice(0, MAX_FIELDS)
}

function saysNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0)
}
