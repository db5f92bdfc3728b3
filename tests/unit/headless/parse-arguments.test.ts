import { describe, expect, it } from 'vitest'
import { parseArguments } from '../../../src/main/headless/parse-arguments.ts'

describe('the command line of the headless form', () => {
  it('has defaults', () => {
    expect(parseArguments([], {})).toEqual({
      kind: 'serve',
      host: '127.0.0.1',
      port: 4747,
      dataFolder: null,
      open: false,
      share: null,
    })
  })
  it('lets arguments win over the environment', () => {
    const env = { SWITCHYARD_HOST: '::1', SWITCHYARD_PORT: '1' }
    expect(parseArguments(['--port', '0'], env)).toMatchObject({ host: '::1', port: 0 })
  })
  it.each(['x', '-1', '65536', '1.5', ''])('refuses the port %j', (port) => {
    expect(parseArguments([`--port=${port}`], {})).toMatchObject({ kind: 'usage-error' })
  })
  it('names the variable that holds a bad port', () => {
    const command = parseArguments([], { SWITCHYARD_PORT: 'abc' })
    expect(command).toMatchObject({ kind: 'usage-error', message: expect.stringMatching(/^SWITCHYARD_PORT must be/) })
  })
  it.each(['', ' '])('refuses the host %j', (host) => {
    expect(parseArguments([`--host=${host}`], {})).toMatchObject({ kind: 'usage-error' })
  })
  it('refuses what it does not know', () => {
    expect(parseArguments(['--prot', '1'], {})).toMatchObject({ kind: 'usage-error' })
  })
  it.each([
    [['--share'], { address: null, port: null, tls: true }],
    [['--share', '--port', '0'], { address: null, port: null, tls: true }],
    [['--share', '192.168.1.5', '--share-port', '5000'], { address: '192.168.1.5', port: 5000, tls: true }],
    [['--share=::1', '--share-plain'], { address: '::1', port: null, tls: false }],
    [['--share-port=0', '--share'], { address: null, port: 0, tls: true }],
  ])('reads %j', (args, share) => {
    expect(parseArguments(args, {})).toMatchObject({ kind: 'serve', share })
  })
  it.each([['--share-port', '5000'], ['--share-plain'], ['--share', '--share-port', '65536']])(
    'refuses %j',
    (...args) => {
      expect(parseArguments(args, {})).toMatchObject({
        kind: 'usage-error',
        message: expect.stringMatching(/^--share-(?:port|plain) /),
      })
    },
  )
})
