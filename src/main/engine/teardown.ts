/** What has to be undone at the end, in reverse order. */
export class Teardown {
  readonly #steps: (() => void | Promise<void>)[] = []
  #running: Promise<void> | null = null

  /** Adds a step; it runs before all steps that were added earlier. */
  add(step: () => void | Promise<void>): void {
    this.#steps.push(step)
  }

  /** Runs every step, also after one failed; then rejects with what failed. A second call waits for the first. */
  run(): Promise<void> {
    this.#running ??= this.#unwind()
    return this.#running
  }

  async #unwind(): Promise<void> {
    const failures: unknown[] = []
    for (const step of this.#steps.reverse()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'closing did not go cleanly')
  }
}
