import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { GatewayResponse } from '../../../src/main/gateway/gateway-response.ts'

async function answeredBy(answer: (res: GatewayResponse) => void): Promise<Headers> {
  const listener: RequestListener<typeof import('node:http').IncomingMessage, typeof GatewayResponse> = (_req, res) => {
    res.common = ['X-Request-Id', 'r1', 'Vary', 'Origin']
    answer(res)
  }
  const server = createServer({ ServerResponse: GatewayResponse }, listener)
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return headers
}

it.each<[string, (res: GatewayResponse) => void]>([
  ['a list', (res) => res.writeHead(200, ['X-Own', 'a']).end()],
  ['a list behind headers that were set', (res) => res.setHeader('X-Own', 'a').writeHead(200, ['X-More', 'b']).end()],
  ['a table', (res) => res.writeHead(200, { 'X-Own': 'a' }).end()],
  ['a reason and a table', (res) => res.writeHead(200, 'Fine', { 'X-Own': 'a' }).end()],
  ['nothing but headers that were set', (res) => res.setHeader('X-Own', 'a').end()],
  [
    'flushed headers',
    (res) => {
      res.setHeader('X-Own', 'a')
      res.flushHeaders()
      res.end('x')
    },
  ],
])('every answer has the common headers: with %s', async (_what, answer) => {
  const headers = await answeredBy(answer)
  expect([headers.get('x-request-id'), headers.get('vary'), headers.get('x-own')]).toEqual(['r1', 'Origin', 'a'])
})

it.each<[string, (res: GatewayResponse) => void]>([
  ['set', (res) => res.setHeader('vary', 'Accept').writeHead(200).end()],
  ['in the table', (res) => res.writeHead(200, { vary: 'Accept' }).end()],
])('an answer’s own header of that name wins: %s', async (_what, answer) => {
  expect((await answeredBy(answer)).get('vary')).toBe('Accept')
})
