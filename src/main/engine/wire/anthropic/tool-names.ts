const REFUSED = /[^a-zA-Z0-9_-]/g
const MAX_LENGTH = 128

/** Tool names as the API takes them (letters, digits, `_` and `-`), and back to what the caller called them. */
export interface ToolNames {
  encode(name: string): string
  decode(name: string): string
}

/** Names for one request; two that would fall together get a number. */
export function createToolNames(): ToolNames {
  const encoded = new Map<string, string>()
  const decoded = new Map<string, string>()
  return {
    encode(name) {
      const known = encoded.get(name)
      if (known !== undefined) return known
      const plain = name.replace(REFUSED, '_').slice(0, MAX_LENGTH)
      let free = plain
      for (let number = 2; decoded.has(free); number += 1) free = `${plain.slice(0, MAX_LENGTH - 6)}_${number}`
      encoded.set(name, free)
      decoded.set(free, name)
      return free
    },
    decode: (name) => decoded.get(name) ?? name,
  }
}
