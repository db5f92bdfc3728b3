import { MAX_PRESET_ID } from '#shared/presets.ts'

/** The id that a name makes, as Open WebUI has it: `Careful coder (v2)` is `careful-coder-v2`. Empty where no letter fits. */
export function slugOf(name: string): string {
  return name
    .trim()
    .replaceAll(/\s+/g, '-')
    .replaceAll(/[^a-zA-Z0-9-]/g, '')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase()
    .slice(0, MAX_PRESET_ID)
}

/** Why an id cannot be used; null if it can. Whether it is taken only the engine knows. */
export function idProblem(id: string): 'empty' | 'long' | null {
  if (id.trim() === '') return 'empty'
  return id.length > MAX_PRESET_ID ? 'long' : null
}
