import type { LaidOver, PassThroughEndpoint, PassThroughRequest } from '../../spec/provider-adapter.ts'
import type { Upstream } from '../../spec/upstream.ts'
import { withTakenFields } from '../../wire/anthropic/laid-fields.ts'
import type { AnthropicModelFacts } from '../../wire/anthropic/model-facts.ts'
import { renamed } from '../../wire/with-model-name.ts'

/** Where a body in Anthropic's own dialect goes; null for any other. The model's name may have to change, and `laid` fields. */
export function passAnthropic(
  api: string,
  endpoint: PassThroughEndpoint,
  body: Readonly<Record<string, unknown>>,
  upstreamModel: string,
  facts: () => AnthropicModelFacts,
  raw?: Buffer,
  laid?: LaidOver,
): PassThroughRequest | null {
  const path = pathOf(endpoint)
  if (path === null) return null
  // A kept conversation has its system prompt already, and refuses another one.
  if (laid !== undefined && body.thread != null) return null
  const taken = laid === undefined ? { body, notSent: [] } : withTakenFields(body, laid.fields, facts())
  return {
    path: `${api}${path}`,
    body: taken.body === body ? bytesFor(upstreamModel, body, raw, laid) : renamed(taken.body, upstreamModel),
    notSent: taken.notSent,
  }
}

function bytesFor(
  upstreamModel: string,
  body: Readonly<Record<string, unknown>>,
  raw: Buffer | undefined,
  laid: LaidOver | undefined,
): Buffer | string | null {
  if (body.model === upstreamModel) return null
  return laid?.bytes(upstreamModel) ?? renamed(body, upstreamModel, raw)
}

/** The upstream, with the caller's `anthropic-beta` on what is passed through: its body may hold fields that need it. */
export function withCallersBetas(upstream: Upstream): Upstream {
  return {
    ...upstream,
    dispatch(request, sink) {
      const beta = request.context?.dialectHeaders?.['anthropic-beta']
      if (beta === undefined) return upstream.dispatch(request, sink)
      return upstream.dispatch({ ...request, headers: { ...request.headers, 'anthropic-beta': beta } }, sink)
    },
  }
}

function pathOf(endpoint: PassThroughEndpoint): string | null {
  switch (endpoint) {
    case 'anthropic:messages':
      return '/messages'
    case 'anthropic:count_tokens':
      return '/messages/count_tokens'
    default:
      return null
  }
}
