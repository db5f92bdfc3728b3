import { describe, expect, it } from 'vitest'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'

function setUp() {
  let time = 1_000
  const board = createHealthBoard({ now: () => time })
  const told: string[] = []
  board.onChange((id) => told.push(id))
  return { board, told, at: (ms: number) => (time = ms) }
}

const failure = (code: ConstructorParameters<typeof EngineError>[0]) => new EngineError(code, `it was ${code}`)

describe('the health board', () => {
  it('knows nothing at first', () => {
    expect(setUp().board.get('a')).toMatchObject({ state: 'unknown', lastError: null, inFlight: 0 })
  })

  it('says ready or slow after a look, and keeps the last error with its age', () => {
    const { board, at } = setUp()
    board.failed('a', failure('upstream_unavailable'), 'look')
    expect(board.get('a')).toMatchObject({ state: 'down', checkedAt: 1_000 })
    expect(board.isDown('a')).toBe(true)
    at(5_000)
    board.succeeded('a', { latencyMs: 40, modelCount: 3, version: '0.13.5' })
    expect(board.get('a')).toMatchObject({
      state: 'ready',
      latencyMs: 40,
      lastOkAt: 5_000,
      modelCount: 3,
      version: '0.13.5',
      lastError: { at: 1_000, error: { code: 'upstream_unavailable' } },
    })
    board.succeeded('a', { latencyMs: 2_500, modelCount: 3 })
    expect(board.get('a')).toMatchObject({ state: 'slow', version: '0.13.5' })
  })

  it.each([
    ['connect_timeout', 'request', 'down'],
    ['auth_failed', 'request', 'auth-failed'],
    ['rate_limited', 'request', 'limited'],
    ['first_byte_timeout', 'look', 'down'],
    ['upstream_error', 'look', 'down'],
    // These are about one request, not about the server.
    ['first_byte_timeout', 'request', 'ready'],
    ['upstream_error', 'request', 'ready'],
    ['invalid_request', 'request', 'ready'],
    ['aborted', 'look', 'ready'],
  ] as const)('takes %s of a %s as %s', (code, source, state) => {
    const { board } = setUp()
    board.succeeded('a', { latencyMs: 1, modelCount: 0 })
    board.failed('a', failure(code), source)
    expect(board.get('a').state).toBe(state)
  })

  it('is ready again with the first answered request', () => {
    const { board } = setUp()
    board.failed('a', failure('rate_limited'), 'request')
    board.answered('a')
    expect(board.get('a').state).toBe('ready')
  })

  it('counts requests under way, and tells listeners', () => {
    const { board, told } = setUp()
    board.began('a')
    board.began('a')
    board.ended('a')
    expect(board.inFlight('a')).toBe(1)
    expect(board.get('a').inFlight).toBe(1)
    board.ended('a')
    board.ended('a')
    expect(board.inFlight('a')).toBe(0)
    expect(told).toHaveLength(5)
  })

  it('forgets a removed connection', () => {
    const { board } = setUp()
    board.succeeded('a', { latencyMs: 1, modelCount: 0 })
    board.forget('a')
    expect(board.get('a').state).toBe('unknown')
  })
})
