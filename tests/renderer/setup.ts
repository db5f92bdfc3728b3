import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// Other work shares the machine: a state may take longer than the default second to appear.
configure({ asyncUtilTimeout: 5000 })

afterEach(() => {
  cleanup()
  localStorage.clear()
  document.documentElement.removeAttribute('data-theme')
})

// jsdom starts an interval when a frame is asked for and ends it when none is. Started under fake timers it would be a fake
// one, and there would be no frames any more in this worker: menus would not open. One that goes on is never started anew.
const { requestAnimationFrame: nextFrame } = globalThis
if (!('framesGoOn' in window)) {
  Object.defineProperty(window, 'framesGoOn', { value: true })
  const goOn = (): void => void nextFrame(goOn)
  goOn()
}

/** What jsdom lacks and the components ask for. */
class NoResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResizeObserver
Element.prototype.scrollIntoView ??= () => {}
Element.prototype.getAnimations ??= () => []
// jsdom knows the dialog, but not how to show it.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false
}
