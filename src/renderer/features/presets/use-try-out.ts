import { useCallback, useEffect, useRef, useState } from 'react'
import type { PublicError } from '#shared/errors.ts'
import type { PresetInput } from '#shared/presets.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'

export type Side = 'saved' | 'draft'

/** One answer of a trial. */
export interface Trial {
  text: string
  reasoning: string
  state: 'running' | 'done' | 'stopped' | 'failed'
  error: PublicError | null
  tokensPerSecond: number | null
  ttftMs: number | null
}

const BEGUN: Trial = { text: '', reasoning: '', state: 'running', error: null, tokensPerSecond: null, ttftMs: null }

export interface TryOut {
  trials: Readonly<Partial<Record<Side, Trial>>>
  running: boolean
  /** Sends one prompt to each side at once; `null` is the saved version. Resolves when all have ended. */
  run(id: string, prompt: string, sides: Partial<Record<Side, PresetInput | null>>): Promise<void>
  stop(): void
}

/** Trials of a model, streamed; all stop when the page is left. Text is shown once a frame, however fast it comes. */
export function useTryOut(): TryOut {
  const [trials, setTrials] = useState<TryOut['trials']>({})
  const stopper = useRef<AbortController | null>(null)
  useEffect(() => () => stopper.current?.abort(), [])
  const stop = useCallback(() => stopper.current?.abort(), [])
  const run = useCallback<TryOut['run']>(async (id, prompt, sides) => {
    stopper.current?.abort()
    const own = new AbortController()
    stopper.current = own
    const live = new Map<Side, Trial>()
    let frame = 0
    const show = (): void => {
      frame = 0
      // A later run has taken the page.
      if (stopper.current === own) setTrials(Object.fromEntries(live))
    }
    const put = (side: Side, patch: Partial<Trial>, now = false): void => {
      live.set(side, { ...(live.get(side) ?? BEGUN), ...patch })
      if (now) {
        cancelAnimationFrame(frame)
        show()
      } else if (frame === 0) frame = requestAnimationFrame(show)
    }
    async function one(side: Side, draft: PresetInput | null): Promise<void> {
      put(side, {}, true)
      try {
        const events = await client.presets.tryOut({ id, draft, prompt }, { signal: own.signal })
        for await (const event of events) {
          const trial = live.get(side) ?? BEGUN
          if (event.type === 'text') put(side, { text: trial.text + event.text })
          else if (event.type === 'reasoning') put(side, { reasoning: trial.reasoning + event.text })
          else put(side, { tokensPerSecond: event.tokensPerSecond, ttftMs: event.ttftMs })
        }
        put(side, { state: own.signal.aborted ? 'stopped' : 'done' }, true)
      } catch (error) {
        put(side, own.signal.aborted ? { state: 'stopped' } : { state: 'failed', error: toPublicError(error) }, true)
      }
    }
    const asked = (['saved', 'draft'] as const).filter((side) => sides[side] !== undefined)
    await Promise.all(asked.map((side) => one(side, sides[side] ?? null)))
  }, [])
  const running = Object.values(trials).some((trial) => trial.state === 'running')
  return { trials, running, run, stop }
}
