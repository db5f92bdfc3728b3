import { describe, expect, it } from 'vitest'
import { isAppUrl } from '../../src/main/desktop/app-origin.ts'
import { desktopArguments } from '../../src/main/desktop/desktop-arguments.ts'
import { desktopWords } from '../../src/main/desktop/desktop-words.ts'
import { listenNearby } from '../../src/main/desktop/listen-nearby.ts'
import { autostartEntry, autostartFile } from '../../src/main/desktop/start-at-login.ts'
import { placeWindow } from '../../src/main/desktop/window-bounds.ts'
import { EngineError } from '../../src/main/engine/spec/engine-error.ts'

describe('app addresses', () => {
  it.each([
    ['app://bundle/', true],
    ['app://bundle', true],
    ['app://bundle/index.html#/chat', true],
    ['app://bundle.evil/', false],
    ['app://bundle:80/', false],
    ['app://user@bundle/', false],
    ['https://bundle/', false],
    ['null', false],
    ['', false],
  ])('%s is ours: %s', (address, ours) => expect(isAppUrl(address)).toBe(ours))
})

describe('where the window opens', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1040 }
  const second = { x: 1920, y: 0, width: 2560, height: 1400 }

  it('is left to the system the first time, and fits a small screen', () => {
    expect(placeWindow(null, [screen])).toEqual({ width: 1200, height: 800 })
    expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({ width: 1024, height: 700 })
  })
  it('is where it was, on any display', () => {
    const saved = { x: 2000, y: 100, width: 1000, height: 900 }
    expect(placeWindow(saved, [screen, second])).toEqual(saved)
  })
  it('is not on a display that is gone', () => {
    expect(placeWindow({ x: 2000, y: 100, width: 1000, height: 900 }, [screen])).toEqual({ width: 1000, height: 900 })
  })
  it('keeps its top edge reachable and shrinks to the display', () => {
    expect(placeWindow({ x: -100, y: -60, width: 3000, height: 1500 }, [screen])).toEqual({
      x: -100,
      y: 0,
      width: 1920,
      height: 1040,
    })
  })
  it('counts a sliver at the edge as gone', () => {
    expect(placeWindow({ x: 1900, y: 0, width: 800, height: 600 }, [screen])).toEqual({ width: 800, height: 600 })
  })
})

describe('desktop arguments', () => {
  it('takes data and port from the command line before the environment, and lives with switches of Chromium', () => {
    const args = ['.', '--data', '/a', '--port=5000', '--inspect=0', '--enable-features=X', '--no-sandbox']
    const env = { SWITCHYARD_DATA_DIR: '/b', SWITCHYARD_PORT: '6000' }
    expect(desktopArguments(args, env)).toEqual({ dataFolder: '/a', port: 5000 })
    expect(desktopArguments([], env)).toEqual({ dataFolder: '/b', port: 6000 })
    expect(desktopArguments([], {})).toEqual({ dataFolder: null, port: 4747 })
  })
  it('falls back to the usual port rather than not opening a window', () => {
    expect(desktopArguments(['--port', 'x'], {}).port).toBe(4747)
    expect(desktopArguments(['--port', '70000'], {}).port).toBe(4747)
  })
})

describe('listening nearby', () => {
  const taken = () => new EngineError('conflict', 'taken')

  it('moves on while ports are taken', async () => {
    const asked: number[] = []
    const port = await listenNearby(4747, async (candidate) => {
      asked.push(candidate)
      if (candidate < 4750) throw taken()
      return candidate
    })
    expect([port, asked]).toEqual([4750, [4747, 4748, 4749, 4750]])
  })
  it('gives up after ten, at the last port, and on any other failure', async () => {
    const asked: number[] = []
    const never = async (candidate: number) => {
      asked.push(candidate)
      throw taken()
    }
    await expect(listenNearby(4747, never)).rejects.toMatchObject({ code: 'conflict' })
    expect(asked).toHaveLength(10)
    await expect(listenNearby(65_535, never)).rejects.toMatchObject({ code: 'conflict' })
    expect(asked).toHaveLength(11)
    await expect(listenNearby(1, async () => Promise.reject(new EngineError('forbidden', 'no')))).rejects.toMatchObject(
      {
        code: 'forbidden',
      },
    )
  })
})

describe.skipIf(process.platform === 'win32')('start at login on Linux', () => {
  it('is an entry in the autostart folder with a quoted command', () => {
    expect(autostartFile({}, '/home/ada')).toBe('/home/ada/.config/autostart/switchyard.desktop')
    expect(autostartFile({ XDG_CONFIG_HOME: '/cfg' }, '/home/ada')).toBe('/cfg/autostart/switchyard.desktop')
    expect(autostartEntry(['/opt/a b/100%/switchyard'])).toContain('Exec="/opt/a b/100%%/switchyard"\n')
  })
})

describe('the shell speaks', () => {
  it('the language that is set, else the system’s, else English', () => {
    expect(desktopWords('zh', 'en-US').quit).toBe('退出 Switchyard')
    expect(desktopWords('system', 'zh-Hans-CN').file).toBe('文件')
    expect(desktopWords('system', 'de-DE').file).toBe('File')
    expect(desktopWords('en', 'zh-CN').file).toBe('File')
  })
})
