import type { MockEngine } from './mock-engine.ts'

/** Keeps calls of a procedure waiting until they may go on, as a slow engine does. */
export function holdProcedure(engine: MockEngine, path: string): { waiting: () => number; go: () => void } {
  const gates: (() => void)[] = []
  const answer = engine.handler(path)
  engine.on(path, async (input, signal) => {
    await new Promise<void>((resolve) => gates.push(resolve))
    return answer(input, signal)
  })
  return {
    waiting: () => gates.length,
    go: () => {
      for (const open of gates.splice(0)) open()
    },
  }
}
