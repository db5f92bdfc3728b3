import { isDeepStrictEqual } from 'node:util'
import type { ParameterChange } from '#shared/presets.ts'

/**
 * What laying a template over a set of parameters does, in the template's order. What a template does not name stays as
 * it is and is not listed; a null in it takes the parameter away.
 */
export function previewTemplate(
  template: Readonly<Record<string, unknown>>,
  params: Readonly<Record<string, unknown>>,
): ParameterChange[] {
  return Object.entries(template).flatMap(([name, value]): ParameterChange[] => {
    const before = Object.hasOwn(params, name) ? (params[name] ?? null) : null
    const after = value ?? null
    if (before === null && after === null) return []
    return [{ name, before, after, change: changeOf(before, after) }]
  })
}

function changeOf(before: unknown, after: unknown): ParameterChange['change'] {
  if (before === null) return 'added'
  if (after === null) return 'removed'
  return isDeepStrictEqual(before, after) ? 'same' : 'changed'
}
