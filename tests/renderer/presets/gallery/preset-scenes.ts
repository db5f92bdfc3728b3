import { catalogModel, holder, threePlaces } from '../../support/catalog-samples.ts'
import { mira, sessionOf } from '../../support/team-samples.ts'
import { createPresetEngine, type PresetEngine } from '../mock-presets.ts'
import { preset, somePresets } from '../preset-samples.ts'

const PICTURE =
  'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA4IDgiPjxyZWN0IHdpZHRoPSI4IiBoZWlnaHQ9IjgiIGZpbGw9IiM3YTYiLz48Y2lyY2xlIGN4PSI0IiBjeT0iNCIgcj0iMiIgZmlsbD0iI2ZmZiIvPjwvc3ZnPg=='

/** An engine with presets in a named state, to look at. */
export function presetScene(name: string): PresetEngine {
  switch (name) {
    case 'none':
      return createPresetEngine([])
    case 'many':
      return createPresetEngine(
        Array.from({ length: 95 }, (_, index) =>
          preset(`team/assistant-${index}:v${index % 7}`, {
            name:
              index === 3
                ? 'A very long name of an assistant that nobody will ever want to read whole'
                : `Assistant ${index}`,
            meta: { tags: [{ name: `tag-${index % 5}` }], ...(index % 4 === 0 ? { profile_image_url: PICTURE } : {}) },
          }),
        ),
      )
    case 'shared': {
      const engine = createPresetEngine()
      engine.state.session = sessionOf(mira({ id: 'jon', name: 'Jon Vik' }))
      return engine
    }
    case 'imported': {
      const engine = createPresetEngine()
      engine.presets.imported = {
        created: ['essay-helper', 'sql/strict'],
        updated: ['careful-coder'],
        deleted: [],
        unchanged: ['letters/de:formal'],
        refused: [{ id: 'top-secret', reason: 'A model with this id belongs to somebody else.' }],
      }
      return engine
    }
    default: {
      const engine = createPresetEngine(
        somePresets().map((one) =>
          one.id === 'miras-tutor' ? { ...one, meta: { ...one.meta, profile_image_url: PICTURE } } : one,
        ),
      )
      engine.state.catalog = [
        ...threePlaces(),
        catalogModel('careful-coder', [holder('in-process', 'here')], {
          name: 'Careful coder',
          preset: {
            baseModelId: 'Qwen3-8B-Q4_K_M',
            description: 'Reviews and writes TypeScript in small steps.',
            profileImageUrl: '',
            suggestions: ['Review this function for mistakes', 'Write a test for this bug before fixing it'],
            ownerId: 'owner',
          },
        }),
      ]
      const record = engine.presets.records[0]
      if (record !== undefined) {
        engine.presets.history.set(record.id, [
          { version: 3, savedAt: record.updatedAt, savedBy: 'owner', preset: record },
          {
            version: 2,
            savedAt: record.updatedAt - 4000,
            savedBy: 'mira',
            preset: { ...record, params: { ...record.params, temperature: 0.7, max_tokens: 800 }, grants: [] },
          },
          {
            version: 1,
            savedAt: record.updatedAt - 90_000,
            savedBy: 'owner',
            preset: { ...record, params: { system: 'You write TypeScript.' }, meta: {} },
          },
        ])
      }
      return engine
    }
  }
}
