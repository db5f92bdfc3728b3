import { describe, expect, it } from 'vitest'
import { EngineError, isEngineError, toEngineError, toPublicError } from '../../../src/main/engine/spec/engine-error.ts'

describe('EngineError', () => {
  it('takes status and retryable from its code, unless told otherwise', () => {
    expect(new EngineError('queue_full', 'x')).toMatchObject({ status: 503, retryable: true })
    expect(new EngineError('upstream_error', 'x', { status: 418, retryable: true })).toMatchObject({
      status: 418,
      retryable: true,
    })
  })
  it('keeps an abort an abort and everything else internal, with its cause', () => {
    const abort = new DOMException('stop', 'AbortError')
    expect(toEngineError(abort)).toMatchObject({ code: 'aborted', cause: abort })
    const odd = new TypeError('x is not a function')
    expect(toEngineError(odd)).toMatchObject({ code: 'internal', cause: odd, detail: 'x is not a function' })
    expect(toEngineError('text')).toMatchObject({ code: 'internal', detail: 'text' })
    expect(isEngineError(odd)).toBe(false)
  })
  it('crosses to people without stack or cause', () => {
    const error = new EngineError('upstream_error', 'refused', {
      cause: new Error('secret'),
      upstream: { provider: 'openai', status: 401, bodyExcerpt: 'bad key ••••1234' },
    })
    expect(toPublicError(error, 'r1')).toEqual({
      code: 'upstream_error',
      message: 'refused',
      retryable: false,
      requestId: 'r1',
      detail: 'bad key ••••1234',
    })
  })
})
