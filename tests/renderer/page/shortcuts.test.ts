import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { listenForShortcuts, matches, registerShortcut } from '../../../src/renderer/page/shortcuts.ts'

const key = (init: KeyboardEventInit): KeyboardEvent =>
  new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })

describe('matches', () => {
  it.each([
    ['Mod+K', { key: 'k', ctrlKey: true }, false, true],
    ['Mod+K', { key: 'k', metaKey: true }, true, true],
    ['Mod+K', { key: 'k', metaKey: true }, false, false],
    ['Mod+K', { key: 'k', ctrlKey: true, shiftKey: true }, false, false],
    ['Mod+Shift+F', { key: 'F', ctrlKey: true, shiftKey: true }, false, true],
    ['?', { key: '?', shiftKey: true }, false, true],
    ['Esc', { key: 'Escape' }, false, true],
    ['Alt+1', { key: '1', altKey: true }, false, true],
    ['Alt+1', { key: '1' }, false, false],
  ])('%s on %o (apple: %s) is %s', (keys, init, apple, expected) => {
    expect(matches(key(init), keys, apple)).toBe(expected)
  })
})

describe('the registry', () => {
  function listen(): void {
    onTestFinished(listenForShortcuts())
  }
  function register(keys: string, run: () => unknown, whileTyping?: boolean): void {
    onTestFinished(registerShortcut({ keys, group: 'everywhere', label: keys, run, whileTyping }))
  }

  it('asks the newest first and goes on when it declines', () => {
    listen()
    const order: string[] = []
    register('Esc', () => order.push('page'))
    register('Esc', () => {
      order.push('panel')
      return false
    })
    dispatchEvent(key({ key: 'Escape' }))
    expect(order).toEqual(['panel', 'page'])
  })

  it('leaves single keys to a field that is typed in, not chords', () => {
    listen()
    const help = vi.fn()
    const palette = vi.fn()
    register('?', help)
    register('Mod+K', palette)
    const field = document.createElement('textarea')
    document.body.append(field)
    onTestFinished(() => field.remove())
    field.dispatchEvent(key({ key: '?', shiftKey: true }))
    field.dispatchEvent(key({ key: 'k', ctrlKey: true }))
    expect(help).not.toHaveBeenCalled()
    expect(palette).toHaveBeenCalledOnce()
  })

  it('takes the key away from the browser only when it is used', () => {
    listen()
    register('Mod+K', () => undefined)
    const used = key({ key: 'k', ctrlKey: true })
    const other = key({ key: 'j', ctrlKey: true })
    dispatchEvent(used)
    dispatchEvent(other)
    expect([used.defaultPrevented, other.defaultPrevented]).toEqual([true, false])
  })
})
