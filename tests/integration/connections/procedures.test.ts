import { call } from '@orpc/server'
import { expect, test } from 'vitest'
import type { Engine } from '../../../src/main/engine/spec/engine.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { connectionsProcedures } from '../../../src/main/rpc/connections-procedures.ts'
import { openConnections } from './open-connections.ts'

test('every call of the contract reaches the connections', async () => {
  const { connections, refreshed } = await openConnections()
  // The procedures use nothing else of the engine.
  const engine = { connections } as Engine
  const context = { context: { engine, principal: OWNER, encrypted: true } }
  const { create, update, setEnabled, reorder, refresh, remove, list, test: tryOut } = connectionsProcedures
  const input = { provider: 'ollama', baseUrl: 'http://127.0.0.1:11434' } as const
  const first = await call(create, input, context)
  const second = await call(create, { ...input, name: 'Second' }, context)
  await call(reorder, { ids: [second.id, first.id] }, context)
  await call(setEnabled, { id: first.id, enabled: false }, context)
  await call(update, { id: second.id, input: { ...input, name: 'Renamed' } }, context)
  expect((await call(list, undefined, context)).map(({ title, health }) => [title, health.state])).toEqual([
    ['in-process', 'unknown'],
    ['Renamed', 'unknown'],
    ['127.0.0.1:11434', 'disabled'],
  ])
  expect((await call(refresh, { id: second.id }, context)).id).toBe(second.id)
  expect(refreshed).toEqual([second.id])
  await call(remove, { id: first.id }, context)
  expect(await call(list, undefined, context)).toHaveLength(2)
  const steps = await Array.fromAsync(
    await call(tryOut, { id: null, input: { ...input, baseUrl: 'nas:11434' } }, context),
  )
  expect(steps.slice(0, 2).map(({ step, state }) => [step, state])).toEqual([
    ['address', 'running'],
    ['address', 'failed'],
  ])
})
