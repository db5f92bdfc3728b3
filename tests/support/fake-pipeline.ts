import { Batched } from '../../src/main/engine/spec/batched.ts'
import type { ChatRequest } from '../../src/main/engine/spec/chat-request.ts'
import type { Catalog, ChatRun, Pipeline, RouteRecord } from '../../src/main/engine/spec/engine.ts'
import { EngineError } from '../../src/main/engine/spec/engine-error.ts'
import type { FinishReason, StreamPart, Timings, Usage } from '../../src/main/engine/spec/stream-part.ts'
import type { CatalogModel } from '../../src/shared/models.ts'

/** One chat that reached the pipeline; the test decides what comes and when. */
export interface FakeRun {
  request: ChatRequest
  signal: AbortSignal
  /** The attempt failed and another connection has its turn. */
  moveTo(route: Partial<RouteRecord>): void
  say(...texts: string[]): void
  push(part: StreamPart): void
  /** Usage, then finish. */
  finish(reason?: FinishReason, usage?: Usage, timings?: Timings): void
  /** Throws from the stream. */
  fail(error: Error): void
  /** Ends the stream without a finish. */
  breakOff(): void
}

export interface FakePipeline {
  pipeline: Pick<Pipeline, 'chat'>
  catalog: Pick<Catalog, 'find'>
  runs: FakeRun[]
  /** The run with this index, once it is there. */
  run(index: number): Promise<FakeRun>
  /** Rejects the chats that come from now on. */
  refuseWith(error: Error | null): void
}

export const FAKE_ROUTE: RouteRecord = {
  requestId: 'req-1',
  modelId: 'demo',
  modelName: 'Demo',
  place: 'here',
  connectionId: 'here',
  connectionName: 'This machine',
  upstreamModel: 'demo',
  reasons: ['Only This machine has demo.'],
}

/** A pipeline whose answers the test plays by hand. It knows every model but `gone`; `blind` does not see. */
export function createFakePipeline(): FakePipeline {
  const runs: FakeRun[] = []
  const arrivals = new Set<() => void>()
  let refusal: Error | null = null

  async function chat(request: ChatRequest, _caller: unknown, signal: AbortSignal): Promise<ChatRun> {
    if (refusal !== null) throw refusal
    const { run, parts, route } = createRun(request, signal)
    runs.push(run)
    for (const arrived of [...arrivals]) arrived()
    return {
      get route() {
        return route()
      },
      parts,
    }
  }

  return {
    pipeline: { chat },
    catalog: {
      find: (id) =>
        id === 'gone'
          ? null
          : ({ id, name: id, capabilities: id === 'blind' ? ['chat'] : ['chat', 'vision'] } as CatalogModel),
    },
    runs,
    async run(index) {
      for (;;) {
        const run = runs[index]
        if (run !== undefined) return run
        await new Promise<void>((resolve) => {
          const arrived = (): void => {
            arrivals.delete(arrived)
            resolve()
          }
          arrivals.add(arrived)
        })
      }
    },
    refuseWith(error) {
      refusal = error
    },
  }
}

function createRun(
  request: ChatRequest,
  signal: AbortSignal,
): { run: FakeRun; parts: AsyncIterable<StreamPart>; route: () => RouteRecord } {
  let route: RouteRecord = { ...FAKE_ROUTE, modelId: request.model }
  const queue: (StreamPart | Error | null)[] = []
  let wake: () => void = () => {}
  const put = (item: StreamPart | Error | null): void => {
    queue.push(item)
    wake()
  }
  signal.addEventListener('abort', () => put(new EngineError('aborted', 'The request was cancelled.')))

  async function* play(): AsyncGenerator<readonly StreamPart[], void, undefined> {
    for (;;) {
      const item = queue.shift()
      if (item === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else if (item === null) return
      else if (item instanceof Error) throw item
      else yield [item]
    }
  }

  const run: FakeRun = {
    request,
    signal,
    moveTo(next) {
      route = { ...route, ...next }
    },
    say: (...texts) => texts.forEach((text) => void put({ type: 'text-delta', text })),
    push: put,
    finish(reason = 'stop', usage = { promptTokens: 5, completionTokens: 3 }, timings) {
      put({ type: 'usage', usage, ...(timings === undefined ? {} : { timings }) })
      put({ type: 'finish', reason })
      put(null)
    },
    fail: put,
    breakOff: () => put(null),
  }
  return { run, parts: new Batched(play()), route: () => route }
}
