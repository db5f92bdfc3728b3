import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeBrowser, type Double, launchDouble } from './electron-double/host.ts'

/** Every permission that Electron 45 asks about. */
const PERMISSIONS = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'deprecated-sync-clipboard-read',
  'display-capture',
  'fileSystem',
  'fullscreen',
  'geolocation',
  'hid',
  'idle-detection',
  'keyboardLock',
  'media',
  'mediaKeySystem',
  'midi',
  'midiSysex',
  'notifications',
  'openExternal',
  'pointerLock',
  'serial',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'unknown',
  'usb',
  'window-management',
]

describe.skipIf(process.env.SWITCHYARD_SKIP_UI)('the guards of the shell, through the Electron double', () => {
  let app: Double
  beforeAll(async () => {
    app = await launchDouble()
    const { page } = await app.window()
    await page.getByText(app.dataFolder).waitFor()
  })
  afterAll(async () => {
    await app.stop()
    await closeBrowser()
  })

  async function protocol(url: string, method = 'GET') {
    return (await app.call('protocol', url, method)) as {
      status: number
      headers: Record<string, string>
      body: Uint8Array
    }
  }

  describe('app protocol', () => {
    it('puts the policy on every answer, refusals included', async () => {
      await protocol('app://bundle/nothing.js')
      await protocol('app://bundle/', 'POST')
      const answers = [
        ...app.seen.answers,
        await protocol('app://bundle/nothing.js'),
        await protocol('app://bundle/', 'POST'),
      ]
      expect(answers.length).toBeGreaterThan(5)
      const policies = new Set(answers.map(({ headers }) => headers['content-security-policy']))
      expect([...policies]).toEqual([
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
          "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
          'trusted-types switchyard-highlight',
      ])
      expect(new Set(answers.map(({ headers }) => headers['x-content-type-options']))).toEqual(new Set(['nosniff']))
    })

    it.each([
      'app://bundle/../../etc/passwd',
      'app://bundle/../preload/index.cjs',
      'app://bundle/..%2f..%2fpackage.json',
      'app://bundle/%2e%2e/%2e%2e/package.json',
      'app://bundle/..%5c..%5cpackage.json',
      'app://bundle/assets/..%2f..%2fmain%2findex.js',
      'app://bundle/index.html%00.js',
      'app://bundle/%E0%A4%A',
      'app://bundle//etc/passwd',
      'app://bundle/C:/Windows/win.ini',
      'app://bundle/assets/',
      'app://bundle/nothing.js',
      'app://other/index.html',
      'app://bundle.evil/index.html',
    ])('answers 404 to %s', async (url) => {
      const { status, body } = await protocol(url)
      expect({ status, text: Buffer.from(body).toString() }).toEqual({ status: 404, text: 'Not found' })
    })

    it('serves the page, its scripts and fonts with their types, and only reads', async () => {
      expect((await protocol('app://bundle/')).headers['content-type']).toBe('text/html; charset=utf-8')
      const types = new Set(app.seen.answers.map(({ headers }) => headers['content-type']))
      expect([...types]).toEqual(expect.arrayContaining(['text/javascript; charset=utf-8', 'font/woff2']))
      expect((await protocol('app://bundle/', 'POST')).status).toBe(405)
      const head = await protocol('app://bundle/', 'HEAD')
      expect([head.status, head.body.length]).toEqual([200, 0])
    })
  })

  it('leaves the page no network, no inline script, no eval and no markup from text', async () => {
    const { page } = await app.window()
    const outcome = await page.evaluate(async () => {
      const failed = async (url: string) =>
        fetch(url).then(
          () => 'reached',
          () => 'refused',
        )
      try {
        const script = document.createElement('script')
        script.textContent = 'globalThis.injected = true'
        document.head.append(script)
      } catch {
        // Refused before it is in the page; what counts is that it did not run.
      }
      const outcomeOf = (attempt: () => unknown) => {
        try {
          attempt()
          return 'done'
        } catch (error) {
          return (error as Error).name
        }
      }
      const image = new Image()
      const loaded = new Promise((resolve) => {
        image.onload = () => resolve('loaded')
        image.onerror = () => resolve('refused')
      })
      image.src = 'https://example.com/pixel.png'
      return {
        fetched: [await failed('https://example.com/'), await failed('http://127.0.0.1:4747/v1/models')],
        image: await loaded,
        injected: 'injected' in globalThis,
        compiled: outcomeOf(() => new Function('return 1')),
        markup: outcomeOf(() => {
          document.createElement('div').innerHTML = '<b>text</b>'
        }),
        policy: outcomeOf(() => Reflect.get(window, 'trustedTypes').createPolicy('mine', {})),
      }
    })
    expect(outcome).toEqual({
      fetched: ['refused', 'refused'],
      image: 'refused',
      injected: false,
      compiled: 'EvalError',
      markup: 'TypeError',
      policy: 'TypeError',
    })
    expect(app.seen.outsideRequests).toEqual([])
  })

  describe('connections', () => {
    const connect = (contents: number, frame: { url: string; origin: string; isTop: boolean }) =>
      app.call('contents.ipc', contents, 'switchyard:connect', [], frame)
    const own = { url: 'app://bundle/', origin: 'app://bundle', isTop: true }

    it('go to our own page', async () => {
      const before = app.seen.deliveries.length
      await connect((await app.window()).id, own)
      await vi.waitFor(() => expect(app.seen.deliveries.length).toBe(before + 1))
    })

    it.each([
      ['a foreign origin', { url: 'https://evil.example/', origin: 'https://evil.example', isTop: true }],
      ['an origin that starts like ours', { url: 'app://bundle.evil/', origin: 'app://bundle.evil', isTop: true }],
      ['an opaque origin', { url: 'about:srcdoc', origin: 'null', isTop: true }],
      ['a file', { url: 'file:///tmp/index.html', origin: 'file://', isTop: true }],
      ['a frame inside our page', { url: 'app://bundle/', origin: 'app://bundle', isTop: false }],
    ])('are refused to %s', async (_name, frame) => {
      const before = app.seen.deliveries.length
      await connect((await app.window()).id, frame)
      // The call above resolves after the handler ran; a delivery would have been sent before its answer.
      expect(app.seen.deliveries.length).toBe(before)
    })

    it('are refused to contents that are no window of ours', async () => {
      const before = app.seen.deliveries.length
      await connect(0, own)
      expect(app.seen.deliveries.length).toBe(before)
    })
  })

  describe('navigation', () => {
    it('to another origin is stopped, and a web link is opened outside only after a yes', async () => {
      const { page } = await app.window()
      await app.call('configure', { dialogResponse: 1 })
      await page.evaluate(() => {
        location.href = 'https://example.com/one'
      })
      await vi.waitFor(async () => {
        expect((await app.record()).messageBoxes.map(({ detail }) => detail)).toEqual(['https://example.com/one'])
      })
      expect((await app.record()).openedOutside).toEqual([])

      await app.call('configure', { dialogResponse: 0 })
      await page.evaluate(() => {
        location.href = 'https://example.com/two'
      })
      await vi.waitFor(async () => expect((await app.record()).openedOutside).toEqual(['https://example.com/two']))
      expect(new URL(page.url()).origin).toBe('https://bundle.app-double')
      expect(app.seen.outsideRequests).toEqual([])
    })

    it.each([
      'file:///etc/passwd',
      'http://example.com/',
      'smb://host/share',
      'data:text/html,x',
      'app://other/',
      'https://a:b@example.com/',
    ])('to %s is stopped without a question', async (url) => {
      const { id } = await app.window()
      const before = await app.record()
      expect(await app.call('contents.willNavigate', id, url, true)).toBe(true)
      expect(await app.call('contents.windowOpen', id, url)).toBe('deny')
      const after = await app.record()
      expect(after.messageBoxes.length).toBe(before.messageBoxes.length)
      expect(after.openedOutside).toEqual(before.openedOutside)
    })

    it('in a frame, and webviews, are stopped', async () => {
      const { id } = await app.window()
      expect(await app.call('contents.willNavigate', id, 'app://bundle/', false)).toBe(true)
      expect(await app.call('contents.attachWebview', id)).toBe(true)
    })

    it('of a new window is denied', async () => {
      const { page } = await app.window()
      const before = (await app.record()).openedOutside.length
      const popup = page.waitForEvent('popup')
      await page.evaluate(() => void window.open('https://example.com/three'))
      const closed = await popup
      await vi.waitFor(() => expect(closed.isClosed()).toBe(true))
      await vi.waitFor(async () => expect((await app.record()).openedOutside.length).toBe(before + 1))
      expect(page.context().pages()).toHaveLength(1)
    })
  })

  describe('permissions', () => {
    it.each(PERMISSIONS)('%s', async (permission) => {
      const mine = permission === 'clipboard-sanitized-write'
      expect(await app.call('permission', permission, 'app://bundle/', true)).toEqual({
        checked: mine,
        requested: mine,
      })
      const no = { checked: false, requested: false }
      expect(await app.call('permission', permission, 'app://bundle/', false)).toEqual(no)
      expect(await app.call('permission', permission, 'https://example.com/', true)).toEqual(no)
    })
  })
})
