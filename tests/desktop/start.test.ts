import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  let folder: string
  const started: ChildProcess[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-start-'))
  })
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  function start(args: string[], env: NodeJS.ProcessEnv) {
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...rest } = process.env
    const child = spawn(process.execPath, ['scripts/run.mjs', 'start', ...args], {
      cwd: root,
      env: { ...rest, ...env },
    })
    started.push(child)
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
    return {
      child,
      exited,
      output: () => output,
      async saw(pattern: RegExp): Promise<RegExpExecArray> {
        for (;;) {
          const found = pattern.exec(output)
          if (found !== null) return found
          const next = await Promise.race([once(child.stdout, 'data'), exited])
          if (!Array.isArray(next) && !pattern.test(output)) throw new Error(`ended without ${pattern}:\n${output}`)
        }
      },
    }
  }

  it('without a display runs headless after one line that says so, serves the UI, and stops on SIGTERM', async () => {
    const app = start(['--port', '0', '--data', join(folder, 'data')], {})
    const [, url] = await app.saw(/Switchyard is ready at (http:\S+)/)
    expect(app.output()).toContain(
      'No window here (there is no display), so Switchyard runs headless: same engine, UI in your browser.',
    )
    const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<title>Switchyard</title>')
    app.child.kill('SIGTERM')
    expect(await app.exited).toEqual({ code: 0, signal: null })
  })

  it('passes the exit code on', async () => {
    const app = start(['--port', 'many'], {})
    expect((await app.exited).code).toBe(2)
    expect(app.output()).toContain('--port must be a number')
  })

  // As root the window is refused before the binary is asked for; that line is what a root sees.
  const isRoot = process.getuid?.() === 0
  it.skipIf(isRoot)('starts the binary with the app and its arguments where there is a display', async () => {
    const report = join(folder, 'report')
    await writeFile(join(folder, 'electron'), `#!/bin/sh\necho "$@" > ${report}\nexit 7\n`)
    await chmod(join(folder, 'electron'), 0o755)
    const app = start(['--data', folder], { DISPLAY: ':9', ELECTRON_OVERRIDE_DIST_PATH: folder })
    expect((await app.exited).code).toBe(7)
    expect((await readFile(report, 'utf8')).trim()).toBe(`${root} --data ${folder}`)
  })
  it.skipIf(!isRoot)('does not start the binary as root, because its sandbox would have to go', async () => {
    await writeFile(join(folder, 'electron'), '#!/bin/sh\nexit 7\n')
    await chmod(join(folder, 'electron'), 0o755)
    const app = start(['--version'], { DISPLAY: ':9', ELECTRON_OVERRIDE_DIST_PATH: folder })
    expect((await app.exited).code).toBe(0)
    expect(app.output()).toContain('Electron does not run as root with its sandbox on')
  })
})
