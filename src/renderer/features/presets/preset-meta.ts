import type { PresetInput } from '#shared/presets.ts'

type Meta = PresetInput['meta']

/** Whether a parameter wins over what a chat asks (`lock`) or is only what holds where it asks nothing. */
export type ParameterMode = 'lock' | 'default'

export interface Suggestion {
  title: readonly [string, string]
  content: string
}

/** Open WebUI's capabilities that say what its windows offer for a model. */
export const MODEL_CAPABILITIES = [
  'vision',
  'file_upload',
  'file_context',
  'web_search',
  'image_generation',
  'code_interpreter',
  'terminal',
  'usage',
  'citations',
  'status_updates',
  'memory',
  'builtin_tools',
] as const
export type ModelCapability = (typeof MODEL_CAPABILITIES)[number]

export function descriptionOf(meta: Meta): string {
  return typeof meta.description === 'string' ? meta.description : ''
}

/** Address or data URI of the picture; empty: none of its own. */
export function pictureOf(meta: Meta): string {
  return typeof meta.profile_image_url === 'string' ? meta.profile_image_url : ''
}

/** Tags, which records hold as texts or as `{name}`. */
export function tagsOf(meta: Meta): string[] {
  if (!Array.isArray(meta.tags)) return []
  return meta.tags.flatMap((tag: unknown) => {
    if (typeof tag === 'string') return [tag]
    return isRecord(tag) && typeof tag.name === 'string' ? [tag.name] : []
  })
}

export function withTags(meta: Meta, tags: readonly string[]): Meta {
  return { ...meta, tags: tags.map((name) => ({ name })) }
}

/** What the record says of a capability; undefined: nothing, so that the default holds (on for all but `usage`). */
export function capabilityOf(meta: Meta, name: ModelCapability): boolean | undefined {
  const value = isRecord(meta.capabilities) ? meta.capabilities[name] : undefined
  return typeof value === 'boolean' ? value : undefined
}

export function withCapability(meta: Meta, name: ModelCapability, value: boolean): Meta {
  return { ...meta, capabilities: { ...(isRecord(meta.capabilities) ? meta.capabilities : {}), [name]: value } }
}

/** Prompts to start from. Records hold them as `{title: [two lines], content}`; a bare text is its own title. */
export function suggestionsOf(meta: Meta): Suggestion[] {
  if (!Array.isArray(meta.suggestion_prompts)) return []
  return meta.suggestion_prompts.flatMap((entry: unknown): Suggestion[] => {
    if (typeof entry === 'string') return [{ title: ['', ''], content: entry }]
    if (!isRecord(entry) || typeof entry.content !== 'string') return []
    const title = Array.isArray(entry.title) ? entry.title : [entry.title]
    return [{ title: [textOf(title[0]), textOf(title[1])], content: entry.content }]
  })
}

/** An empty list is none: the chat then shows its own prompts. */
export function withSuggestions(meta: Meta, suggestions: readonly Suggestion[]): Meta {
  return { ...meta, suggestion_prompts: suggestions.length === 0 ? null : suggestions }
}

export function modeOf(meta: Meta, parameter: string): ParameterMode {
  return modesOf(meta)[parameter] === 'default' ? 'default' : 'lock'
}

/** `lock` is what holds where nothing is said, so it is not written down. */
export function withMode(meta: Meta, parameter: string, mode: ParameterMode): Meta {
  const modes = modesOf(meta)
  if (mode === 'default') modes[parameter] = 'default'
  else delete modes[parameter]
  const ours: Record<string, unknown> = isRecord(meta.switchyard) ? { ...meta.switchyard } : {}
  if (Object.keys(modes).length === 0) delete ours.modes
  else ours.modes = modes
  const next = { ...meta }
  if (Object.keys(ours).length === 0) delete next.switchyard
  else next.switchyard = ours
  return next
}

function modesOf(meta: Meta): Record<string, unknown> {
  const ours = meta.switchyard
  return isRecord(ours) && isRecord(ours.modes) ? { ...ours.modes } : {}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
