import { ORPCError } from '@orpc/client'
import type { Grant } from '#shared/access.ts'
import type { PublicError } from '#shared/errors.ts'
import {
  type EffectiveRequest,
  type ParameterInfo,
  PRESET_PAGE,
  type Preset,
  type PresetInput,
  type PresetQuery,
  type PresetReconcile,
  type PresetRow,
  type PresetVersion,
  presetInputSchema,
  type Template,
  type TemplateInput,
} from '#shared/presets.ts'
import { threePlaces } from '../support/catalog-samples.ts'
import { createMockEngine, type MockEngine, type MockState } from '../support/mock-engine.ts'
import { rowOf, someParameters, somePresets, someTemplates } from './preset-samples.ts'

export interface PresetEngine extends MockEngine {
  presets: {
    records: Preset[]
    history: Map<string, PresetVersion[]>
    parameters: ParameterInfo[]
    templates: Template[]
    /** What an import comes to. */
    imported: PresetReconcile
  }
}

/** An engine in memory with presets; what the real one checks by rules is checked here as far as the window shows it. */
export function createPresetEngine(records: Preset[] = somePresets(), initial: Partial<MockState> = {}): PresetEngine {
  const engine = createMockEngine({ catalog: threePlaces(), ...initial })
  const presets: PresetEngine['presets'] = {
    records,
    history: new Map(),
    parameters: someParameters(),
    templates: someTemplates(),
    imported: { created: [], updated: [], deleted: [], unchanged: [], refused: [] },
  }
  const { on } = engine

  function find(id: string): Preset {
    const found = presets.records.find((record) => record.id === id)
    if (found === undefined) throw engineError({ code: 'not_found', message: `No model ${id}`, retryable: false })
    return found
  }
  function baseOf(id: string | null, seen: string[] = []): { id: string | null; state: PresetRow['state'] } {
    if (id === null || seen.includes(id)) return { id: null, state: 'cycle' }
    const record = presets.records.find((one) => one.id === id)
    if (record !== undefined) return baseOf(record.baseModelId, [...seen, id])
    const there = engine.state.catalog?.some((model) => model.id === id) ?? false
    return { id, state: there ? 'ready' : 'missing-base' }
  }
  function row(record: Preset): PresetRow {
    const base = baseOf(record.baseModelId)
    return rowOf(record, {
      resolvedBaseId: base.id,
      state: base.state === 'ready' && !record.isActive ? 'inactive' : base.state,
      canWrite: record.ownerId === engine.state.session.me?.id,
    })
  }
  function put(record: Preset): PresetRow {
    const before = presets.records.find((one) => one.id === record.id)
    const versions = presets.history.get(record.id) ?? []
    // As the engine keeps them: what was, not what is.
    if (before !== undefined) presets.history.set(record.id, [versionOf(before, versions.length + 1), ...versions])
    presets.records = [record, ...presets.records.filter((one) => one.id !== record.id)]
    engine.emit({ type: 'presets:changed' })
    return row(record)
  }
  function made(input: PresetInput, before: Preset | null): Preset {
    const given = presetInputSchema.parse(input)
    const now = Math.floor(Date.now() / 1000)
    return {
      id: given.id,
      baseModelId: given.baseModelId,
      name: given.name,
      params: given.params,
      meta: given.meta,
      grants: given.grants ?? before?.grants ?? [],
      isActive: given.isActive ?? before?.isActive ?? true,
      ownerId: before?.ownerId ?? 'owner',
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      extra: before?.extra ?? {},
    }
  }
  const tagsOf = (record: Preset): string[] =>
    Array.isArray(record.meta.tags) ? record.meta.tags.map((tag: { name: string }) => tag.name) : []

  on('presets.list', (query: PresetQuery) => {
    const found = presets.records
      .filter((record) => record.name.toLowerCase().includes(query.query.toLowerCase()))
      .filter((record) => query.tag === null || tagsOf(record).includes(query.tag))
      .filter((record) => query.view === 'all' || (record.ownerId === 'owner') === (query.view === 'created'))
      .toSorted((a, b) => (query.orderBy === 'name' ? a.name.localeCompare(b.name) : a.updatedAt - b.updatedAt))
    if (query.direction === 'desc') found.reverse()
    const items = found.slice((query.page - 1) * PRESET_PAGE, query.page * PRESET_PAGE).map(row)
    return { items, total: found.length }
  })
  on('presets.get', ({ id }: { id: string }) => row(find(id)))
  on('presets.tags', () => [...new Set(presets.records.flatMap(tagsOf))].sort())
  on('presets.create', (input: PresetInput) => {
    if (presets.records.some((record) => record.id === input.id)) {
      const message = `The id ${input.id} is taken.`
      throw engineError({ code: 'conflict', message, retryable: false, param: 'id' })
    }
    return put(made(input, null))
  })
  on('presets.update', ({ id, input }: { id: string; input: PresetInput }) => put(made(input, find(id))))
  on('presets.setActive', ({ id, isActive }: { id: string; isActive: boolean }) => put({ ...find(id), isActive }))
  on('presets.setGrants', ({ id, grants }: { id: string; grants: Grant[] }) => put({ ...find(id), grants }))
  on('presets.setVisibility', ({ ids, visibility }: { ids: string[]; visibility: string }) => {
    for (const id of ids) {
      const grants: Grant[] =
        visibility === 'everyone' ? [{ principalType: 'user', principalId: '*', permission: 'read' }] : []
      put({ ...find(id), grants })
    }
    return { changed: ids.length }
  })
  on('presets.remove', ({ id }: { id: string }) => {
    find(id)
    presets.records = presets.records.filter((record) => record.id !== id)
    engine.emit({ type: 'presets:changed' })
  })
  on('presets.importFile', () => presets.imported)
  on('presets.exportFile', ({ ids }: { ids?: string[] }) =>
    JSON.stringify(presets.records.filter((record) => ids === undefined || ids.includes(record.id))),
  )
  on('presets.missingBases', () => {
    const lost = new Map<string, string[]>()
    for (const record of presets.records) {
      const base = baseOf(record.baseModelId)
      if (base.state !== 'missing-base' || base.id === null || base.id !== record.baseModelId) continue
      lost.set(base.id, [...(lost.get(base.id) ?? []), record.id])
    }
    return [...lost].map(([baseModelId, presetIds]) => ({ baseModelId, presetIds }))
  })
  on('presets.rebind', ({ from, to }: { from: string; to: string }) => {
    const lost = presets.records.filter((record) => record.baseModelId === from)
    for (const record of lost) put({ ...record, baseModelId: to })
    return { changed: lost.length }
  })
  on('presets.history', ({ id }: { id: string }) => presets.history.get(id) ?? [])
  on('presets.revert', ({ id, version }: { id: string; version: number }) => {
    const old = presets.history.get(id)?.find((one) => one.version === version)
    if (old === undefined) throw new Error(`no version ${version}`)
    return put({ ...old.preset, updatedAt: Math.floor(Date.now() / 1000) })
  })
  on('presets.parameters', () => presets.parameters)
  on('presets.effective', ({ id, draft }: { id: string; draft?: PresetInput }): EffectiveRequest => {
    const asked = draft ?? find(id)
    const system = typeof asked.params.system === 'string' ? asked.params.system : ''
    const base = engine.state.catalog?.find((model) => model.id === asked.baseModelId)
    return {
      chain: [
        { id: asked.id, name: asked.name, kind: 'preset' },
        ...(base === undefined ? [] : [{ id: base.id, name: base.name, kind: 'base' as const }]),
      ],
      baseModelId: asked.baseModelId,
      usesFallback: false,
      params: Object.entries(asked.params)
        .filter(([name]) => name !== 'system' && name !== 'custom_params')
        .map(([name, value]) => ({
          name,
          value,
          source: 'model' as const,
          sourceId: asked.id,
          overridden: name === 'temperature' ? [{ source: 'global' as const, value: 0.8 }] : [],
        })),
      system: system.replaceAll('{{USER_NAME}}', 'Ada'),
    }
  })
  on('presets.templates', () => presets.templates)
  on('presets.previewTemplate', ({ id, params }: { id: string; params: Record<string, unknown> }) => {
    const template = presets.templates.find((one) => one.id === id)
    return Object.entries(template?.params ?? {}).map(([name, after]) => ({
      name,
      before: params[name] ?? null,
      after,
      change: params[name] === undefined ? 'added' : params[name] === after ? 'same' : 'changed',
    }))
  })
  on('presets.saveTemplate', ({ input }: { input: TemplateInput }) => {
    const template: Template = {
      id: `template-${presets.templates.length}`,
      kind: input.shared ? 'shared' : 'custom',
      name: input.name,
      description: input.description,
      params: input.params,
      ownerId: 'owner',
      updatedAt: 0,
    }
    presets.templates = [...presets.templates, template]
    return template
  })
  on('presets.removeTemplate', ({ id }: { id: string }) => {
    presets.templates = presets.templates.filter((one) => one.id !== id)
  })
  on('presets.tryOut', async function* ({ draft }: { draft: PresetInput | null }) {
    yield { type: 'text', text: draft === null ? 'Answer of the saved version.' : 'Answer of the ' }
    if (draft !== null) yield { type: 'text', text: 'draft.' }
    yield { type: 'end', tokensPerSecond: 42.4, ttftMs: 310 }
  })
  on('team.directory', () => ({
    people: [
      { id: 'mira', name: 'Mira Okafor', email: 'mira@example.org' },
      { id: 'jon', name: 'Jon Vik', email: 'jon@example.org' },
    ],
    groups: [{ id: 'platform', name: 'Platform', memberCount: 4 }],
  }))
  return Object.assign(engine, { presets })
}

export function engineError(error: PublicError): ORPCError<'ENGINE', PublicError> {
  return new ORPCError('ENGINE', { defined: true, status: 500, message: error.message, data: error })
}

function versionOf(saved: Preset, version: number): PresetVersion {
  return { version, savedAt: saved.updatedAt, savedBy: saved.ownerId, preset: saved }
}
