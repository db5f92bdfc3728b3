import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { addressInAdvice } from '../../../src/renderer/features/backends/address-in-advice.ts'
import { readRefusal } from '../../../src/renderer/features/backends/field-errors.ts'
import { stepBars } from '../../../src/renderer/features/backends/test-runs.ts'
import { testSteps } from '../support/connection-samples.ts'

const refused = (param?: string): Error =>
  new ORPCError('ENGINE', {
    data: { code: 'invalid_request', message: 'No.', retryable: false, ...(param === undefined ? {} : { param }) },
  })

describe('where a complaint stands', () => {
  it.each([
    ['baseUrl', 'baseUrl', null],
    ['keys[1].value', 'keys', 1],
    ['headers.X-Team', 'headers', null],
    ['auth.headerName', 'auth', null],
    ['timeouts.connectMs', 'timeouts', null],
  ])('%s stands at %s', (param, field, row) => {
    expect(readRefusal(refused(param))).toMatchObject({ field, row, error: { message: 'No.' } })
  })

  it('is nowhere in the form if it names no field of it', () => {
    expect(readRefusal(refused('ids'))).toMatchObject({ field: null })
    expect(readRefusal(refused())).toMatchObject({ field: null })
  })

  it('comes from the call’s own check too', () => {
    const error = new ORPCError('BAD_REQUEST', {
      data: { issues: [{ path: ['input', 'timeouts', 'connectMs'], message: 'Too small' }] },
    })
    expect(readRefusal(error)).toMatchObject({ field: 'timeouts', error: { message: 'Too small' } })
  })
})

describe('the address in an advice', () => {
  it.each([
    ['Type http://192.168.1.100:11434 instead: an address has to begin with http://.', 'http://192.168.1.100:11434'],
    [
      'Type https://llm.example.com/v1: that is where servers of this kind have their API.',
      'https://llm.example.com/v1',
    ],
    ['The address goes on after a "?". Leave that out: Type https://a.example/v1.', 'https://a.example/v1'],
    ['Enter a key.', null],
    ['This is not an address. Type one like http://192.168.1.100:11434.', null],
  ])('of %j is %s', (advice, address) => {
    expect(addressInAdvice(advice)).toBe(address)
  })
})

describe('the bars of the steps', () => {
  it('follow one another, fill the whole, and stay inside it', () => {
    const bars = stepBars(testSteps().filter((step) => step.state !== 'running'))
    const ends = [...bars.values()].map(({ x, width }) => x + width)
    expect(Math.max(...ends)).toBeCloseTo(100)
    expect([...bars.values()].every(({ x, width }) => x >= 0 && x + width <= 100.001)).toBe(true)
    expect(bars.has('version')).toBe(false)
    expect(bars.get('token')?.width).toBeGreaterThan(bars.get('connect')?.width ?? 100)
  })
})
