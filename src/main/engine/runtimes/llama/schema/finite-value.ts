import { isPlain, malformed, type Plain } from './plain-schema.ts'

/**
 * Throws `invalid_request` if a converted schema can only be satisfied by a value without end, or refers to itself
 * without anything in between, which no grammar can read.
 */
export function requireFiniteValue(root: Plain, definitions: Plain): void {
  const loop = Object.keys(definitions).find((name) => leadsTo(name, definitions))
  if (loop !== undefined) throw malformed(`$defs.${loop}`, 'it refers only to itself')
  const finite = new Set<string>()
  for (let before = -1; before < finite.size; ) {
    before = finite.size
    for (const [name, definition] of Object.entries(definitions)) {
      if (!finite.has(name) && canEnd(definition, finite)) finite.add(name)
    }
  }
  if (!canEnd(root, finite)) throw malformed('', 'no value that ends can satisfy it')
}

function canEnd(node: unknown, finite: ReadonlySet<string>): boolean {
  if (!isPlain(node)) return true
  const name = referredName(node)
  if (name !== null) return finite.has(name)
  if (Array.isArray(node.oneOf)) return node.oneOf.some((item) => canEnd(item, finite))
  if (node.type === 'object') return Object.values(node.properties ?? {}).every((item) => canEnd(item, finite))
  if (node.type !== 'array') return true
  const prefix = Array.isArray(node.prefixItems) ? node.prefixItems : []
  if (!prefix.every((item) => canEnd(item, finite))) return false
  return Number(node.minItems ?? 0) <= prefix.length || canEnd(node.items, finite)
}

/** Whether a definition begins with itself, directly or through alternatives. */
function leadsTo(start: string, definitions: Plain): boolean {
  const seen = new Set<string>()
  const open = [definitions[start]]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isPlain(node)) continue
    if (Array.isArray(node.oneOf)) open.push(...node.oneOf)
    const name = referredName(node)
    if (name === start) return true
    if (name === null || seen.has(name)) continue
    seen.add(name)
    open.push(definitions[name])
  }
  return false
}

function referredName(node: Plain): string | null {
  return typeof node.$ref === 'string' ? node.$ref.replace(/^#\/\$defs\//, '') : null
}
