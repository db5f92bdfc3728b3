/** Team records count in epoch seconds, as Open WebUI does; the window's formats in ms. Takes either. */
export function epochMs(time: number): number {
  return time < 100_000_000_000 ? time * 1000 : time
}
