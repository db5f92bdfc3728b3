/** Polls until `look` gives something else than null; fails with `what` after `withinMs`. */
export async function until<T>(what: string, look: () => Promise<T | null> | T | null, withinMs = 15_000): Promise<T> {
  const giveUpAt = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== null) return seen
    if (performance.now() > giveUpAt) throw new Error(`Not within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
