import type { AppInfo, Status } from '#shared/app-info.ts'
import type { ModelDefaults } from '#shared/presets.ts'
import { type SettingsView, settingsSchema } from '#shared/settings.ts'
import type { Engine } from '../engine/spec/engine.ts'
import { isAdmin, type Principal } from '../engine/spec/principal.ts'

/** Administrators see this machine as it is; others what their window needs, without folders, hardware and names. */
export async function visibleInfo(engine: Pick<Engine, 'info' | 'sharing'>, principal: Principal): Promise<AppInfo> {
  const info = await engine.info()
  if (isAdmin(principal)) return info
  return {
    ...info,
    nodeVersion: '',
    dataFolder: '',
    // The address that they have on the network; ours is this computer's own.
    gatewayUrl: engine.sharing.state().urls[0] ?? info.gatewayUrl,
    hardware: { cpu: '', cores: 0, memoryBytes: 0, gpus: [], checkedInMs: 0 },
  }
}

/** For people who are not administrators a model that they may not use has no name, and trouble is not theirs. */
export function visibleStatus(status: Status, principal: Principal, { access }: Pick<Engine, 'access'>): Status {
  if (isAdmin(principal)) return status
  const { modelName } = status.here
  const named = modelName !== null && access.mayUse(principal, modelName)
  return { ...status, here: { ...status.here, modelName: named ? modelName : null }, trouble: [] }
}

/**
 * For people who are not administrators: what the app has by itself, and the model that a new chat begins with. How the
 * person at this computer likes their window is not for others.
 */
export function visibleSettings(
  engine: Pick<Engine, 'settings' | 'access' | 'presets'>,
  principal: Principal,
): SettingsView {
  if (isAdmin(principal)) return engine.settings.view()
  const { defaultModelId } = engine.settings.get()
  const wanted = [...(defaultModelId === null ? [] : [defaultModelId]), ...engine.presets.defaults().defaultModels]
  const usable = wanted.find((id) => engine.access.mayUse(principal, id)) ?? null
  return { values: settingsSchema.parse({ defaultModelId: usable, welcomed: true }), environment: {} }
}

/** For people who are not administrators: only models that they may use are named. */
export function visibleDefaults(engine: Pick<Engine, 'access' | 'presets'>, principal: Principal): ModelDefaults {
  const defaults = engine.presets.defaults()
  if (isAdmin(principal)) return defaults
  const usable = (id: string): boolean => engine.access.mayUse(principal, id)
  const { fallbackModelId } = defaults
  return {
    ...defaults,
    fallbackModelId: fallbackModelId !== null && usable(fallbackModelId) ? fallbackModelId : null,
    defaultModels: defaults.defaultModels.filter(usable),
    pinnedModels: defaults.pinnedModels.filter(usable),
    order: defaults.order.filter(usable),
  }
}
