import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ConnectionHealth } from '#shared/connections.ts'
import { builtInConnection, connectionView } from '../support/connection-samples.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { renderApp } from '../support/render-app.tsx'
import { someStatus } from '../support/samples.ts'

const strip = (): Promise<HTMLElement> => screen.findByRole('contentinfo')

function troubled(...states: Partial<ConnectionHealth>[]): MockEngine {
  return createMockEngine({
    connections: [builtInConnection(), ...states.map((health, index) => connectionView(`c${index}`, { health }))],
    status: someStatus({}, { trouble: ['connections-down'] }),
  })
}

describe('connections in the status strip', () => {
  it('says how many there are near and away and how many are down, and leads to their page', async () => {
    const engine = createMockEngine({
      status: someStatus({}, { near: { connections: 2, down: 1 }, away: { connections: 3, down: 0 } }),
    })
    renderApp(engine, '/models')
    const near = await within(await strip()).findByRole('link', { name: '2 connections nearby, 1 down' })
    expect(near.getAttribute('href')).toBe('#/backends')
    expect(within(await strip()).getByRole('link', { name: '3 cloud connections' })).toBeDefined()
  })

  it('names the one that is down, and when it is looked at again', async () => {
    renderApp(troubled({ state: 'down', nextCheckAt: Date.now() + 18_000 }), '/models')
    await waitFor(async () => expect((await strip()).textContent).toMatch(/c0 downlooks again in 1[78] s/))
  })

  it('says that a key is refused, or counts where there are several', async () => {
    const engine = troubled({ state: 'auth-failed' })
    renderApp(engine, '/models')
    await waitFor(async () => expect((await strip()).textContent).toContain('c0: key refused'))
    engine.state.connections = troubled({ state: 'auth-failed' }, { state: 'down' }).state.connections
    engine.emit({ type: 'connections:changed' })
    await waitFor(async () => expect((await strip()).textContent).toContain('2 connections down'))
  })

  it('does not say twice what the saved fact says', async () => {
    const engine = createMockEngine({ status: someStatus({}, { trouble: ['disk-low'], storage: 'disk-low' }) })
    renderApp(engine, '/models')
    await waitFor(async () => expect((await strip()).textContent).toContain('disk almost full'))
    expect((await strip()).textContent).not.toContain('disk-low')
  })
})
