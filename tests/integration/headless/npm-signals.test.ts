import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { tempFolder } from '../../support/temp-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const READY = /Switchyard is ready at (http:\/\/\S+)/

// What `npm run serve` comes to on Linux: npm signals the shell, which ends and leaves the server behind.
it.skipIf(process.platform === 'win32').each(['serve', 'start'])(
  '`npm run %s` leaves no server behind when npm is told to stop',
  async (task) => {
    const command = `"${process.execPath}" scripts/run.mjs ${task} --port 0 --data "${tempFolder()}"; true`
    const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env
    const shell = spawn('/bin/sh', ['-c', command], {
      cwd: ROOT,
      env: { ...env, npm_lifecycle_event: task },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    // The pipe stays open as long as the server, which holds its other end, lives.
    const closed = once(shell.stdout, 'close')
    await vi.waitFor(() => expect(output).toMatch(READY), { timeout: 60_000 })
    const [, url = ''] = READY.exec(output) ?? []
    shell.kill('SIGTERM')
    await closed
    expect(output).toContain('Stopping (SIGTERM)')
    await expect(fetch(`${url}/health`)).rejects.toThrow()
  },
)
