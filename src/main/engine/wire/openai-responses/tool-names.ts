/** OpenAI takes no longer names for functions, and other servers follow it. */
const MAX_LENGTH = 64

/** A tool as the caller knows it. */
export interface CallerTool {
  kind: 'function' | 'custom'
  name: string
  /** The group that it is in. */
  namespace?: string
}

/** Names of the caller's tools as functions, and back. */
export interface ToolNames {
  encode(tool: CallerTool): string
  /** A name that was never encoded is a function's own. */
  decode(name: string): CallerTool
}

/**
 * Names for one request. Functions outside of a namespace keep theirs; a namespace stands in front of the
 * others, as Codex itself writes it (`mcp__browser__open`), and two that would fall together get a number.
 */
export function createToolNames(functions: Iterable<string>): ToolNames {
  const kept = new Set(functions)
  const encoded = new Map<string, string>()
  const decoded = new Map<string, CallerTool>()
  return {
    encode(tool) {
      const { kind, name, namespace } = tool
      if (kind === 'function' && namespace === undefined) return name
      const key = JSON.stringify([kind, namespace, name])
      const known = encoded.get(key)
      if (known !== undefined) return known
      const plain = namespace === undefined ? name : `${namespace.replace(/_+$/, '')}__${name}`
      let free = plain.slice(0, MAX_LENGTH)
      for (let number = 2; kept.has(free) || decoded.has(free); number += 1) {
        free = `${plain.slice(0, MAX_LENGTH - 6)}_${number}`
      }
      encoded.set(key, free)
      decoded.set(free, tool)
      return free
    },
    decode: (name) => decoded.get(name) ?? { kind: 'function', name },
  }
}
