import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OWNER, type Principal } from '../../../../src/main/engine/spec/principal.ts'
import type { Grant } from '../../../../src/shared/access.ts'
import { type IncomingPreset, type PresetQuery, presetQuerySchema } from '../../../../src/shared/presets.ts'
import { baseModel, maker, openPresets, type TestPresets } from '../../../support/test-presets.ts'

const PRESETS = 10_000
const PEOPLE = 1_000
const GROUPS = 50
/** What the first page and a search may take in the engine, ms. */
const BUDGET_MS = 30
const RUNS = 7
/** Other suites take the cores and their caches: the best of some medians is what the code needs. */
const TRIES = 5

const TOPICS = ['mail', 'contracts', 'poems', 'sql', 'travel', 'recipes', 'physics', 'support']

/** Of ten records: four for one group, two for a person, one each for two groups, everyone and the owner alone, one to write. */
function grantsOf(index: number): Grant[] {
  const group = (offset: number): Grant => ({
    principalType: 'group',
    principalId: `g${(index + offset) % GROUPS}`,
    permission: 'read',
  })
  const person = (permission: Grant['permission']): Grant => ({
    principalType: 'user',
    principalId: `p${(index * 7) % PEOPLE}`,
    permission,
  })
  const kind = index % 10
  if (kind < 4) return [group(0)]
  if (kind < 6) return [person('read')]
  if (kind === 6) return [group(0), group(13)]
  if (kind === 7) return [{ principalType: 'user', principalId: '*', permission: 'read' }]
  return kind === 8 ? [] : [person('write'), group(5)]
}

function record(index: number): IncomingPreset {
  const topic = TOPICS[index % TOPICS.length] ?? ''
  return {
    id: `preset-${index}`,
    baseModelId: index % 20 === 0 ? `preset-${index + 1}` : 'llama3:8b',
    name: `${topic} helper ${index}`,
    params: { temperature: 0.5, system: `You help with ${topic}. `.repeat(20) },
    meta: { description: `Answers questions about ${topic}, number ${index}.`, tags: [topic, `t${index % 100}`] },
    grants: grantsOf(index),
    ownerId: `p${index % PEOPLE}`,
    createdAt: 1_700_000_000 + index,
    updatedAt: 1_700_000_000 + ((index * 7919) % PRESETS),
  }
}

describe(`${PRESETS} presets, ${PEOPLE} people in ${GROUPS} groups`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-test-'))
  const people = Object.fromEntries(Array.from({ length: PEOPLE }, (_, index) => [`p${index}`, `Person ${index}`]))
  const member = maker('p77', { groupIds: ['g3', 'g17', 'g27', 'g41', 'g49'] })
  let opened: TestPresets

  beforeAll(() => {
    opened = openPresets({ folder, people, catalog: [baseModel('llama3:8b')] })
    const { created } = opened.presets.sync(
      Array.from({ length: PRESETS }, (_, index) => record(index)),
      OWNER,
    )
    if (created.length !== PRESETS) throw new Error(`only ${created.length} were made`)
    // The first look at a list prepares its statements; every later one does not.
    opened.presets.list(presetQuerySchema.parse({}), OWNER)
  }, 60_000)

  afterAll(() => {
    opened.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Median of several runs in ms of this thread's work, which is what the loop is blocked for; the best of some tries. */
  function took(action: () => unknown): number {
    let best = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < TRIES && best >= BUDGET_MS; attempt++) {
      const times = Array.from({ length: RUNS }, () => {
        const before = process.threadCpuUsage()
        action()
        const { user, system } = process.threadCpuUsage(before)
        return (user + system) / 1_000
      }).sort((left, right) => left - right)
      best = Math.min(best, times[Math.floor(RUNS / 2)] ?? best)
    }
    return best
  }

  const asked: [string, Partial<PresetQuery>][] = [
    ['the first page', {}],
    ['the first page by name', { orderBy: 'name', direction: 'asc' }],
    ['a late page', { page: 60 }],
    ['a search', { query: 'contracts' }],
    ['a search that finds nothing', { query: 'nothing like it' }],
    ['a search for two letters', { query: 'sq' }],
    ['a tag', { tag: 't42' }],
    ['a common tag, searched', { tag: 'mail', query: 'helper 1' }],
    ['what others share', { view: 'shared' }],
    ['own ones', { view: 'created' }],
  ]
  const viewers: [string, Principal][] = [
    ['an administrator', OWNER],
    ['a person in five groups', member],
    ['a person in all groups', maker('p1', { groupIds: Array.from({ length: GROUPS }, (_, index) => `g${index}`) })],
  ]
  const cases = asked.flatMap(([what, query]) => viewers.map(([who, principal]) => ({ what, who, query, principal })))

  test.each(cases)(`$what for $who comes in under ${BUDGET_MS} ms`, ({ query, principal }) => {
    const parsed = presetQuerySchema.parse(query)
    expect(took(() => opened.presets.list(parsed, principal))).toBeLessThan(BUDGET_MS)
  })

  test('a page for a person is the same as a filter over all records', () => {
    const may = [...opened.presets.records.all()]
      .filter((preset) => opened.access.maySee(member, preset) && preset.name.includes('contracts'))
      .sort((left, right) => right.updatedAt - left.updatedAt)
    const page = opened.presets.list(presetQuerySchema.parse({ query: 'contracts', page: 2 }), member)
    expect(page.total).toBe(may.length)
    expect(page.items.map(({ preset }) => preset.id)).toEqual(may.slice(30, 60).map(({ id }) => id))
  })

  test(`the tags of what a person may see come in under ${BUDGET_MS} ms`, () => {
    expect(opened.presets.tags(OWNER)).toHaveLength(TOPICS.length + 100)
    for (const [, principal] of viewers) expect(took(() => opened.presets.tags(principal))).toBeLessThan(BUDGET_MS)
  })

  test('finding a record takes less than 50 microseconds, and so does a list that is known', () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `preset-${index * 10}`)
    expect(took(() => ids.map((id) => opened.presets.find(id))) / ids.length).toBeLessThan(0.05)
    const usable = opened.presets.listed(member)
    expect(usable.length).toBeGreaterThan(100)
    expect(took(() => opened.presets.listed(member))).toBeLessThan(1)
  })
})
