/** ms within which presses of both are one double click, where the device does not count clicks. */
const TOGETHER = 500

let last: { button: 'send' | 'stop'; at: number } | null = null

/**
 * Send and Stop take turns at one place, also when a new chat opens. True for the second click of a double click: it was
 * meant for the button that the first one pressed.
 */
export function isRestOfDoubleClick(
  button: 'send' | 'stop',
  { detail, timeStamp }: { detail: number; timeStamp: number },
): boolean {
  // The keyboard presses what has the focus, not what stands at a place.
  if (detail === 0) return false
  if (detail === 2 || (last !== null && last.button !== button && timeStamp - last.at < TOGETHER)) return true
  last = { button, at: timeStamp }
  return false
}
