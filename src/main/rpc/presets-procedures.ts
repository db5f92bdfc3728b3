import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { Preset } from '#shared/presets.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { isAdmin, type Principal } from '../engine/spec/principal.ts'
import { draftPreset, requireBase } from './draft-preset.ts'
import { visibleDefaults } from './member-views.ts'
import { setVisibility } from './model-visibility.ts'
import { exportPresets, exportTemplates, importPresets, readTemplateFile } from './preset-files.ts'
import type { RpcContext } from './rpc-context.ts'
import { tryOut } from './try-out.ts'

const os = implement(contract).$context<RpcContext>().presets

/** The presets part of the router. Who may change what is the engine's rule. */
export const presetsProcedures = {
  list: os.list.handler(({ context, input }) => context.engine.presets.list(input, context.principal)),
  get: os.get.handler(({ context, input }) => context.engine.presets.row(input.id, context.principal)),
  tags: os.tags.handler(({ context }) => context.engine.presets.tags(context.principal)),
  create: os.create.handler(({ context: { engine, principal }, input }) =>
    engine.presets.row(engine.presets.create(input, principal).id, principal),
  ),
  update: os.update.handler(({ context: { engine, principal }, input }) =>
    engine.presets.row(engine.presets.update(input.id, input.input, principal).id, principal),
  ),
  setActive: os.setActive.handler(({ context: { engine, principal }, input }) =>
    engine.presets.row(engine.presets.setActive(input.id, input.isActive, principal).id, principal),
  ),
  setGrants: os.setGrants.handler(({ context: { engine, principal }, input }) => {
    const name = engine.catalog.find(input.id)?.name
    return engine.presets.row(engine.presets.setGrants(input.id, input.grants, principal, name).id, principal)
  }),
  setVisibility: os.setVisibility.handler(async ({ context, input }) => ({
    changed: await setVisibility(context.engine, input.ids, input.visibility, context.principal),
  })),
  remove: os.remove.handler(({ context, input }) => context.engine.presets.remove(input.id, context.principal)),
  importFile: os.importFile.handler(({ context, input }) =>
    importPresets(context.engine, input.text, context.principal),
  ),
  exportFile: os.exportFile.handler(({ context, input }) =>
    exportPresets(context.engine, input.ids, context.principal),
  ),
  missingBases: os.missingBases.handler(({ context }) => missingBases(context.engine, context.principal)),
  rebind: os.rebind.handler(({ context, input }) => ({
    changed: context.engine.presets.rebind(input.from, input.to, context.principal),
  })),
  history: os.history.handler(({ context, input }) => context.engine.presets.history(input.id, context.principal)),
  revert: os.revert.handler(({ context: { engine, principal }, input }) =>
    engine.presets.row(engine.presets.revert(input.id, input.version, principal).id, principal),
  ),
  parameters: os.parameters.handler(({ context: { engine, principal }, input }) => {
    const { baseModelId } = input
    // A base model that the person may not use looks as if it were not there.
    const known = baseModelId !== null && engine.access.mayUse(principal, baseModelId)
    return engine.presets.parameters(known ? baseModelId : null)
  }),
  effective: os.effective.handler(({ context: { engine, principal }, input: { id, draft, chatParams } }) => {
    const record = draft === undefined ? null : draftPreset(draft, engine.presets.find(id), principal)
    if (record !== null) requireBase(engine, record, principal)
    else if (!isAdmin(principal)) engine.access.requireModel(principal, id)
    const given = {
      ...(chatParams === undefined ? {} : { chatParams }),
      ...(record === null ? {} : { draft: record }),
      // Parameters and prompts are for those who may change them, as everywhere; a draft is the caller's own.
      hides: (each: Preset) => each !== record && !engine.access.mayWrite(principal, each),
    }
    return engine.resolver.effective(record?.id ?? id, given, { principal })
  }),
  tryOut: os.tryOut.handler(async function* ({ context, input, signal }) {
    yield* tryOut(context.engine, input, context.principal, signal)
  }),
  templates: os.templates.handler(({ context }) => context.engine.presets.templates(context.principal)),
  saveTemplate: os.saveTemplate.handler(({ context, input }) =>
    context.engine.presets.saveTemplate(input.id, input.input, context.principal),
  ),
  removeTemplate: os.removeTemplate.handler(({ context, input }) =>
    context.engine.presets.removeTemplate(input.id, context.principal),
  ),
  previewTemplate: os.previewTemplate.handler(({ context, input }) =>
    context.engine.presets.previewTemplate(input.id, input.params, context.principal),
  ),
  exportTemplates: os.exportTemplates.handler(({ context }) =>
    exportTemplates(context.engine.presets.templates(context.principal)),
  ),
  importTemplates: os.importTemplates.handler(({ context: { engine, principal }, input }) =>
    readTemplateFile(input.text).map((template) => engine.presets.saveTemplate(null, template, principal)),
  ),
  defaults: os.defaults.handler(({ context }) => visibleDefaults(context.engine, context.principal)),
  setDefaults: os.setDefaults.handler(({ context, input }) =>
    context.engine.presets.setDefaults(input, context.principal),
  ),
}

/** Of presets that the person may change; the others are not theirs to repair. */
function missingBases(
  { resolver, presets, access }: Pick<Engine, 'resolver' | 'presets' | 'access'>,
  principal: Principal,
) {
  const all = resolver.missingBases()
  if (isAdmin(principal)) return all
  return all.flatMap(({ baseModelId, presetIds }) => {
    const own = presetIds.filter((id) => {
      const record = presets.find(id)
      return record !== null && access.mayWrite(principal, record)
    })
    return own.length === 0 ? [] : [{ baseModelId, presetIds: own }]
  })
}
