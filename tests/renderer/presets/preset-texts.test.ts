import { describe, expect, it } from 'vitest'
import { holdersOf, withEveryone, withRight } from '../../../src/renderer/features/presets/grants.ts'
import { jsonOf, readJson } from '../../../src/renderer/features/presets/json-text.ts'
import { parameterGroups, sliderStops } from '../../../src/renderer/features/presets/parameter-list.ts'
import { presetIdOf, presetPath } from '../../../src/renderer/features/presets/preset-address.ts'
import { newDraft, sameValue } from '../../../src/renderer/features/presets/preset-draft.ts'
import { modeOf, suggestionsOf, tagsOf, withMode } from '../../../src/renderer/features/presets/preset-meta.ts'
import { idProblem, slugOf } from '../../../src/renderer/features/presets/slug.ts'
import { presetText, versionDiff } from '../../../src/renderer/features/presets/version-diff.ts'
import { preset, read, someParameters } from './preset-samples.ts'

describe('the address of a preset', () => {
  it.each(['plain', 'a/b:c', '100%', 'a%2Fb', 'new', 'ü #?&', '你好'])('finds %s again', (id) => {
    const path = presetPath(id)
    expect(path.split('/')).toHaveLength(4)
    const url = new URL('http://x/')
    url.hash = path
    expect(presetIdOf(url.hash)).toBe(id)
  })

  it('is null for a new one, and takes a bare % as it is', () => {
    expect(presetIdOf('#/models/presets/new')).toBeNull()
    expect(presetIdOf('#/models/presets/100%')).toBe('100%')
  })
})

describe('ids', () => {
  it('are made from names as Open WebUI makes them', () => {
    expect(slugOf('Careful coder (v2)!')).toBe('careful-coder-v2')
    expect(slugOf('  A – B  ')).toBe('a-b')
    expect(slugOf('你好')).toBe('')
    expect(slugOf('x'.repeat(300))).toHaveLength(256)
  })

  it('have 1 to 256 characters', () => {
    expect(idProblem(' ')).toBe('empty')
    expect(idProblem('x'.repeat(256))).toBeNull()
    expect(idProblem('x'.repeat(257))).toBe('long')
  })
})

describe('grants', () => {
  it('are shown by holder, and everyone apart', () => {
    const grants = [
      read('user', '*'),
      read('group', 'g'),
      { ...read('group', 'g'), permission: 'write' as const },
      { ...read('user', 'u'), permission: 'write' as const },
    ]
    expect(holdersOf(grants)).toEqual([
      { type: 'group', id: 'g', right: 'both' },
      { type: 'user', id: 'u', right: 'write' },
    ])
  })

  it('change for one holder alone, in its place', () => {
    const grants = [read('user', 'a'), read('group', 'g'), read('user', 'b')]
    expect(withRight(grants, { type: 'group', id: 'g' }, 'both')).toEqual([
      read('user', 'a'),
      read('group', 'g'),
      { ...read('group', 'g'), permission: 'write' },
      read('user', 'b'),
    ])
    expect(withRight(grants, { type: 'user', id: 'b' }, null)).toEqual(grants.slice(0, 2))
    expect(withEveryone(withEveryone(grants, true), false)).toEqual(grants)
    expect(withRight(withEveryone([], true), { type: 'user', id: '*' }, null)).toEqual([read('user', '*')])
  })
})

describe('metadata', () => {
  it('reads tags and suggestions in every form that records have', () => {
    expect(tagsOf({ tags: [{ name: 'a' }, 'b', 3] })).toEqual(['a', 'b'])
    expect(suggestionsOf({ suggestion_prompts: ['Hi', { title: ['A', 'b'], content: 'C' }, { title: 'x' }] })).toEqual([
      { title: ['', ''], content: 'Hi' },
      { title: ['A', 'b'], content: 'C' },
    ])
  })

  it('writes a mode only where it is not the default, and keeps what else is there', () => {
    const meta = { switchyard: { kept: 1 } }
    const open = withMode(meta, 'top_p', 'default')
    expect(open).toEqual({ switchyard: { kept: 1, modes: { top_p: 'default' } } })
    expect(modeOf(open, 'top_p')).toBe('default')
    expect(modeOf(open, 'temperature')).toBe('lock')
    expect(withMode(open, 'top_p', 'lock')).toEqual(meta)
    expect(withMode({}, 'top_p', 'lock')).toEqual({})
  })
})

describe('parameter rows', () => {
  it('come by group, unsupported ones last, and nothing of the record is out of sight', () => {
    const groups = parameterGroups(someParameters(), { from_elsewhere: { a: 1 }, system: 'x', custom_params: {} })
    expect(groups[0]?.infos.map((info) => info.name)).toEqual(['temperature', 'top_p', 'top_k', 'seed', 'mirostat'])
    expect(groups.at(-1)).toMatchObject({ group: 'other', infos: [{ name: 'from_elsewhere', kind: 'json' }] })
  })

  it('have even sliders for small ranges and doubling ones for large', () => {
    const stops = (name: string) => {
      const info = someParameters().find((one) => one.name === name)
      return info === undefined ? undefined : sliderStops(info)
    }
    expect(stops('temperature')).toEqual({ even: true })
    expect(stops('seed')).toBeNull()
    const context = stops('num_ctx')
    expect(context).toMatchObject({ even: false })
    expect(context?.even === false ? context.stops.slice(0, 3) : []).toEqual([64, 128, 256])
    expect(context?.even === false ? context.stops.at(-1) : 0).toBe(40_960)
  })
})

describe('the model as text', () => {
  const draft = {
    ...newDraft(),
    id: 'a',
    name: 'A',
    meta: { profile_image_url: `data:image/png;base64,${'A'.repeat(400)}` },
  }

  it('leaves the picture out and puts it back', () => {
    const text = jsonOf(draft, '(picture)')
    expect(text).not.toContain('AAAA')
    expect(readJson(text, draft, '(picture)')).toEqual({ draft })
    const other = text.replace('(picture)', 'https://x/y.png')
    expect(readJson(other, draft, '(picture)')).toMatchObject({
      draft: { meta: { profile_image_url: 'https://x/y.png' } },
    })
  })

  it('names what is wrong', () => {
    expect(readJson('{', draft, '')).toHaveProperty('reason')
    expect(readJson(jsonOf(draft, '').replace('"isActive": true', '"isActive": 1'), draft, '')).toMatchObject({
      path: 'isActive',
    })
    expect(readJson(jsonOf(draft, '').replace('"isActive"', '"isActiv"'), draft, '')).toHaveProperty('reason')
  })
})

describe('a diff of versions', () => {
  it('has what changed with a little around it', () => {
    const before = preset('a', {
      params: { temperature: 0.7 },
      meta: { notes: ['1', '2', '3', '4', '5', '6', '7', '8'] },
    })
    const after = { ...before, name: 'B', params: { temperature: 0.2 } }
    const parts = versionDiff(presetText(before), presetText(after))
    const lines = (kind: string): string[] =>
      parts.flatMap((part) => (part.kind === kind && 'lines' in part ? part.lines.map((line) => line.trim()) : []))
    expect(lines('removed')).toEqual(['"name": "a",', '"temperature": 0.7'])
    expect(lines('added')).toEqual(['"name": "B",', '"temperature": 0.2'])
    expect(parts.some((part) => part.kind === 'skipped')).toBe(true)
  })

  it('does not mind the order of keys', () => {
    expect(sameValue({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toBe(true)
    expect(sameValue([1, 2], [2, 1])).toBe(false)
    const one = preset('a', { params: { a: 1, b: 2 } })
    expect(presetText(one)).toBe(presetText({ ...one, params: { b: 2, a: 1 } }))
  })
})
