import type { EffectiveRequest, ModelDefaults, Preset, ValueSource } from '#shared/presets.ts'
import type { Clock } from '../../spec/clock.ts'
import type { FollowedModel, PromptContext } from '../../spec/presets.ts'
import { type LayeredParams, layerParams, namedParams, systemOf } from './layer-params.ts'
import { chainPrompt, joinPrompts } from './system-prompt.ts'

/** What a conversation and a person set beside the model's records. */
export interface GivenLevels {
  chatParams?: Record<string, unknown>
  userParams?: Record<string, unknown>
  userSystem?: string
  /** Records of which whoever asks sees that they are there, but not what they say. */
  hides?: (record: Preset) => boolean
}

type Sourced = { value: unknown; source: ValueSource; sourceId: string | null }

/**
 * What a request to a followed model would become, value by value, by the rule of `applyToChat`: locked values of the
 * records, then the chat's, the person's, the records' defaults, the global ones. What nobody sets is the base model's own.
 * What a hidden record decides is left out, so that nothing is shown as deciding in its place.
 */
export function effectiveRequest(
  followed: FollowedModel,
  given: GivenLevels,
  defaults: ModelDefaults,
  context: PromptContext,
  clock: Clock,
): EffectiveRequest {
  const { chain, base, baseModelId, usesFallback } = followed
  const layers = layerParams(chain, defaults)
  const chat = namedParams(given.chatParams ?? {})
  const person = namedParams(given.userParams ?? {})
  const names = [...new Set([...layers.keys(), ...Object.keys(chat), ...Object.keys(person)])].sort()
  const isHidden = given.hides ?? (() => false)
  const hidden = new Set(chain.filter(isHidden).map(({ id }) => id))
  const own = typeof given.chatParams?.system === 'string' ? given.chatParams.system : (given.userSystem ?? '')
  const shown = chain.filter(({ id }) => !hidden.has(id))
  // The global prompt stays silent where any record speaks, be it a hidden one.
  const isSilent = chain.some(({ id, params }) => hidden.has(id) && systemOf(params) !== null)
  const prompt = chainPrompt(shown, isSilent ? { params: {} } : defaults, own.trim() !== '', context, clock)
  return {
    chain: [
      ...chain.map(({ id, name, baseModelId: below }) => ({
        id,
        name,
        kind: below === null ? ('override' as const) : ('preset' as const),
      })),
      ...(base === null ? [] : [{ id: base.id, name: base.name, kind: 'base' as const }]),
    ],
    baseModelId,
    usesFallback,
    params: names.flatMap((name) => {
      const [winner, ...overridden] = ranked(name, layers, chat, person)
      if (winner === undefined || isOf(hidden, winner)) return []
      const told = overridden.filter((each) => !isOf(hidden, each))
      return [{ name, ...winner, overridden: told.map(({ source, value }) => ({ source, value })) }]
    }),
    system: joinPrompts(prompt, own.trim() === '' ? '' : own),
  }
}

function isOf(hidden: ReadonlySet<string>, { sourceId }: Sourced): boolean {
  return sourceId !== null && hidden.has(sourceId)
}

function ranked(
  name: string,
  layers: LayeredParams,
  chat: Record<string, unknown>,
  person: Record<string, unknown>,
): Sourced[] {
  const records = layers.get(name) ?? []
  const asked: Sourced[] = []
  if (Object.hasOwn(chat, name)) asked.push({ value: chat[name], source: 'chat', sourceId: null })
  if (Object.hasOwn(person, name)) asked.push({ value: person[name], source: 'user', sourceId: null })
  const [first, ...rest] = records
  return first?.source === 'model' ? [first, ...asked, ...rest] : [...asked, ...records]
}
