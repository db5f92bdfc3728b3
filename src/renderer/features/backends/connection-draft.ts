import type { ConnectionConfig, ConnectionInput, ConnectionView } from '#shared/connections.ts'
import { connectionConfigSchema } from '#shared/connections.ts'
import { type ProviderPreset, presetFor, presetOf } from './provider-presets.ts'
import type { Recognised } from './recognise-paste.ts'

/** A key row: `mask` for one that is sealed already and kept, else what is typed. */
export interface DraftKey {
  id: string
  mask: string | null
  value: string
}

/** A header row; a value equal to its mask keeps the sealed one. */
export interface DraftHeader {
  id: string
  name: string
  value: string
}

/** A connection as the form holds it: lists are still texts, keys and headers are rows. */
export interface ConnectionDraft {
  preset: string
  /** The provider was recognised from a paste, not chosen. */
  guessed: boolean
  config: Omit<ConnectionConfig, 'headers' | 'tags' | 'modelIds' | 'passthroughParams'>
  keys: readonly DraftKey[]
  headers: readonly DraftHeader[]
  tags: string
  modelIds: string
  passthroughParams: string
}

let rows = 0
/** A name for a row of the form, unique in this window. */
export function rowId(): string {
  rows += 1
  return `row-${rows}`
}

export function newKeyRow(value = ''): DraftKey {
  return { id: rowId(), mask: null, value }
}

/** The form for a new connection, filled with what a paste told. */
export function newDraft(found: Recognised | null): ConnectionDraft {
  const preset = presetOf(found?.preset ?? 'ollama')
  return {
    ...draftOfConfig(configOf(preset, found?.baseUrl ?? preset.baseUrl), preset),
    guessed: found !== null,
    keys: [newKeyRow(found?.key ?? '')],
  }
}

/** The form for an existing connection: its keys are kept by their masks. */
export function draftOfView(view: ConnectionView): ConnectionDraft {
  if (view.config === null) throw new Error('the built-in connection has nothing to edit')
  return {
    ...draftOfConfig(view.config, presetFor(view.config)),
    keys: view.keys.map(({ id, mask }) => ({ id, mask, value: '' })),
  }
}

/** The draft with another provider: its address is filled in unless the person typed one of their own. */
export function withPreset(draft: ConnectionDraft, id: string): ConnectionDraft {
  const before = presetOf(draft.preset)
  const preset = presetOf(id)
  const typed = draft.config.baseUrl.trim()
  const untouched = typed === '' || typed === before.baseUrl
  return {
    ...draft,
    preset: id,
    guessed: false,
    config: { ...draft.config, provider: preset.provider, baseUrl: untouched ? preset.baseUrl : draft.config.baseUrl },
  }
}

/** What the engine is given. Empty rows are left out. */
export function inputOf(draft: ConnectionDraft): ConnectionInput {
  return {
    ...draft.config,
    keys: draft.keys
      .filter(({ mask, value }) => mask !== null || value.trim() !== '')
      .map(({ id, mask, value }) => (mask === null ? { value: value.trim() } : { keep: id })),
    headers: Object.fromEntries(
      draft.headers.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]),
    ),
    tags: listOf(draft.tags, /[,\n]/),
    modelIds: listOf(draft.modelIds, /\n/),
    passthroughParams: listOf(draft.passthroughParams, /[,\n]/),
  }
}

/** The draft without what only the connection that it was made from had: its sealed keys and header values. */
export function withoutSealed(draft: ConnectionDraft): ConnectionDraft {
  const keys = draft.keys.filter(({ mask }) => mask === null)
  return {
    ...draft,
    keys: keys.length === 0 ? [newKeyRow()] : keys,
    headers: draft.headers.map((header) => (header.value.startsWith('••••') ? { ...header, value: '' } : header)),
  }
}

/** What a test of the draft depends on, to be compared: while it is the same, what the test said is so. */
export function triedBy(draft: ConnectionDraft): string {
  const { name, tags, connectionType, visibility, priority, weight, probeSeconds, ...tried } = inputOf(draft)
  return JSON.stringify(tried)
}

/** What the engine is given to try a stored connection as it is. */
export function inputOfView(view: ConnectionView): ConnectionInput {
  return inputOf(draftOfView(view))
}

function configOf(preset: ProviderPreset, baseUrl: string): ConnectionConfig {
  // The schema wants an address; an empty one is checked when it is saved.
  return { ...connectionConfigSchema.parse({ provider: preset.provider, baseUrl: 'http://none' }), baseUrl }
}

function draftOfConfig(config: ConnectionConfig, preset: ProviderPreset): ConnectionDraft {
  const { headers, tags, modelIds, passthroughParams, ...rest } = config
  return {
    preset: preset.id,
    guessed: false,
    config: rest,
    keys: [],
    headers: Object.entries(headers).map(([name, value]) => ({ id: rowId(), name, value })),
    tags: tags.join(', '),
    modelIds: modelIds.join('\n'),
    passthroughParams: passthroughParams.join(', '),
  }
}

function listOf(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
