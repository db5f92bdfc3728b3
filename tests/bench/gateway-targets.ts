import { runLoad } from './load.ts'
import { benchFile, type MeasuredProcess, startProcess } from './process.ts'
import { type Product, type ProductBuild, presetOver, startProduct } from './product.ts'
import { inRound, isQuiet, quietest, type Round } from './stolen-time.ts'

/** Rounds of a figure without a limit. */
export const ROUNDS = 3
/**
 * Rounds where a figure has a limit; the quieter half of them counts. Rounds of less than a second differ by a fifth from
 * one to the next, on two cores that belong to a host with other guests: the median of three of them gave 0.58 and 0.83
 * for the same build.
 */
export const SHORT_ROUNDS = 24
export const LONG_ROUNDS = 10
/**
 * How long rounds of a figure with a limit go on while the host takes too much of them. Such spells last tens of seconds
 * to minutes, and a p99 that was measured in one of them is the host's.
 */
const PATIENCE_MS = 6 * 60_000
/** How long each server runs at 64 connections before the first figure: its compiler needs some 20,000 requests. */
const WARM_UP_MS = 5_000
/** A request of about 1.3 kB, as chats send them. */
export const MESSAGES = [{ role: 'user', content: 'x '.repeat(500) }]

export const PATHS = { openai: '/v1/chat/completions', ollama: '/api/chat', anthropic: '/v1/messages' } as const

/** Our server and the bare proxy in front of the same stub upstream. */
export interface Targets {
  stub: MeasuredProcess
  ours: Product
  bare: MeasuredProcess
}

export type Name = 'ours' | 'bare'

export async function startTargets(build: ProductBuild = {}): Promise<Targets> {
  const stub = await startProcess(benchFile('stub-upstream.ts'))
  const bare = await startProcess(benchFile('bare-proxy.ts'), stub.url)
  const ours = await startProduct(stub.url, build)
  return { stub, ours, bare }
}

export async function endTargets({ stub, ours, bare }: Targets): Promise<void> {
  await ours.end()
  await bare.end()
  await stub.end()
}

export async function warmUp(targets: Targets): Promise<void> {
  for (const name of ['ours', 'bare'] as const) {
    for (const stream of [false, true]) {
      const until = performance.now() + WARM_UP_MS
      while (performance.now() < until) {
        await runLoad({ ...requestTo(targets, name, stream), connections: 64, requests: 1_000 })
      }
    }
  }
}

/**
 * Runs both in turn, round after round; returns what the quieter half of `made` gave, or `ROUNDS` of them. Where the host
 * left fewer alone than that and the figure has a limit, more are made, until enough were or patience ends. Round 0 warms
 * up.
 */
export async function inRounds<Result>(
  made: number,
  run: (name: Name, round: number) => Promise<Result>,
): Promise<Record<Name, Result>[]> {
  const counted = Math.max(ROUNDS, made / 2)
  const until = performance.now() + (made > ROUNDS ? PATIENCE_MS : 0)
  const rounds: Round<Record<Name, Result>>[] = []
  await eachInTurn(0, (name) => run(name, 0))
  for (let round = 1; round <= made || isWorthMore(); round++) {
    rounds.push(await inRound(() => eachInTurn(round, (name) => run(name, round))))
  }
  return quietest(rounds, counted)

  function isWorthMore(): boolean {
    return rounds.filter(isQuiet).length < counted && performance.now() < until
  }
}

/** Reversed every other round, so that neither always runs on the warmer machine. */
async function eachInTurn<Result>(round: number, run: (name: Name) => Promise<Result>): Promise<Record<Name, Result>> {
  if (round % 2 === 0) {
    const ours = await run('ours')
    return { ours, bare: await run('bare') }
  }
  const bare = await run('bare')
  return { ours: await run('ours'), bare }
}

/** A request in OpenAI's dialect for an upstream that speaks it, which is the fast path; ours lays a preset over it. */
export function requestTo(
  targets: Targets,
  name: Name,
  stream: boolean,
  model = 'instant',
  messages: readonly object[] = MESSAGES,
): { url: string; path: string; body: string; key?: string } {
  const ours = name === 'ours'
  return {
    url: targets[name].url,
    ...(ours ? { key: targets.ours.key } : {}),
    path: PATHS.openai,
    body: bodyFor(ours ? presetOver(model) : model, stream, messages),
  }
}

export function bodyFor(model: string, stream: boolean, messages: readonly object[] = MESSAGES): string {
  return JSON.stringify({ model, max_tokens: 500, messages, stream })
}
