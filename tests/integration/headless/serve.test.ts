import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runServe, type ServeProcess, startServe } from '../../support/serve-process.ts'

describe('the headless form', () => {
  let folder: string
  const running: ServeProcess[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-headless-'))
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((serve) => serve.end('SIGKILL')))
    rmSync(folder, { recursive: true, force: true })
  })

  async function start(dataFolder: string): Promise<ServeProcess> {
    const serve = await startServe({ dataFolder })
    running.push(serve)
    return serve
  }

  it('says where it is once it serves, and answers /health there', async () => {
    const serve = await start(folder)
    expect(serve.output()).toContain(`Switchyard is ready at ${serve.url}`)
    const health = await fetch(`${serve.url}/health`)
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({ status: true })
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('stops cleanly on %s', async (signal) => {
    const serve = await start(folder)
    expect(await serve.end(signal)).toEqual({ code: 0, signal: null })
  })

  it('ends at once on a second signal while it waits for a request, and starts again after that', async () => {
    const serve = await start(folder)
    // A request whose body does not come keeps the gateway waiting for it.
    const socket = connect(Number(new URL(serve.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n')
    await once(socket, 'data')
    serve.child.kill('SIGTERM')
    await vi.waitFor(() => expect(serve.output()).toContain('Stopping (SIGTERM)'), { timeout: 10_000 })
    expect(await serve.end('SIGTERM')).toEqual({ code: null, signal: 'SIGKILL' })
    expect(serve.output()).toContain('Ended at once (SIGTERM).')
    const second = await start(folder)
    expect((await fetch(`${second.url}/health`)).status).toBe(200)
  })

  it('says which variables it cannot use, and starts without them', async () => {
    const serve = await startServe({ dataFolder: folder, env: { SWITCHYARD_QUEUE_LIMIT: 'many' } })
    running.push(serve)
    await vi.waitFor(() => expect(serve.output()).toMatch(/^SWITCHYARD_QUEUE_LIMIT is ignored: .+\.$/m))
  })

  it('refuses a port that is in use with one line', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      expectOneLine(await runServe(['--port', String(port), '--data', folder]), String(port))
    } finally {
      other.close()
    }
  })

  it('refuses a second instance on the same data, and leaves the first alone', async () => {
    const first = await start(folder)
    expectOneLine(await runServe(['--port', '0', '--data', folder]), folder)
    expect((await fetch(`${first.url}/health`)).status).toBe(200)
  })

  it('starts again after kill -9', async () => {
    const first = await start(folder)
    await first.end('SIGKILL')
    const second = await start(folder)
    expect((await fetch(`${second.url}/health`)).status).toBe(200)
  })

  it('refuses a data folder that is a file', async () => {
    const file = join(folder, 'not-a-folder')
    writeFileSync(file, '')
    expectOneLine(await runServe(['--port', '0', '--data', file]), file)
  })

  it.skipIf(process.getuid?.() === 0)(
    'refuses an unwritable data folder (skipped for root, who may write everywhere)',
    async () => {
      chmodSync(folder, 0o500)
      expectOneLine(await runServe(['--port', '0', '--data', folder]), folder)
      chmodSync(folder, 0o700)
    },
  )

  it('refuses a folder below a device', async () => {
    expectOneLine(await runServe(['--port', '0', '--data', '/dev/null/switchyard']), '/dev/null/switchyard')
  })

  it('refuses to listen beyond this machine', async () => {
    const end = await runServe(['--host', '0.0.0.0', '--port', '0', '--data', folder])
    expectOneLine(end, '0.0.0.0')
  })

  it('refuses options that it does not know, with the usage', async () => {
    const end = await runServe(['--nonsense'])
    expect(end.code).toBe(2)
    expect(end.stderr).toContain('Usage:')
  })
})

/** One clear line on stderr that names the culprit, no stack, and a non-zero exit. */
function expectOneLine(end: { code: number | null; stderr: string; stdout: string }, names: string): void {
  expect(end.code).toBe(1)
  expect(end.stdout).not.toContain('ready')
  const lines = end.stderr.trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(names)
  expect(lines[0]).not.toContain('    at ')
}
