/** Calls `action` at once, then at most every `ms`; the last call of a burst is never lost. Unrefed timers. */
export function throttle(action: () => void, ms: number): { (): void; cancel(): void } {
  let timer: NodeJS.Timeout | null = null
  let again = false
  function open(): void {
    timer = null
    if (again) run()
  }
  function run(): void {
    again = false
    timer = setTimeout(open, ms)
    timer.unref()
    action()
  }
  const throttled = (): void => {
    if (timer === null) run()
    else again = true
  }
  return Object.assign(throttled, {
    cancel: () => {
      if (timer !== null) clearTimeout(timer)
      again = false
    },
  })
}
