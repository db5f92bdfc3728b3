import { expect, test } from 'vitest'
import type { RouteRecord } from '../../../src/main/engine/spec/engine.ts'
import { routeHeaders } from '../../../src/main/gateway/route-headers.ts'

function route(fields: Partial<RouteRecord>): RouteRecord {
  return {
    requestId: 'req_1',
    modelId: 'm',
    connectionId: 'c',
    connectionName: 'Box',
    place: 'here',
    ...fields,
  } as RouteRecord
}

test('whatever stands in a name makes a header', () => {
  const headers = routeHeaders(
    route({ modelId: '模型\r\nX: y', connectionName: ' \ud800half', notSent: ['\udfff', 'a'] }),
  )
  expect(headers).toMatchObject({
    'X-Switchyard-Model': '%E6%A8%A1%E5%9E%8B%0D%0AX%3A%20y',
    'X-Switchyard-Connection-Name': '%20%EF%BF%BDhalf',
    'X-Switchyard-Not-Sent': '%EF%BF%BD%2C%20a',
  })
})

test('a list of fields that is cut within a character makes a header', () => {
  const headers = routeHeaders(route({ notSent: [`${'x'.repeat(999)}🙂`] }))
  expect(headers['X-Switchyard-Not-Sent']).toBe(`${'x'.repeat(999)}%EF%BF%BD...`)
})
