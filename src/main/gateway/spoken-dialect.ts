import { type Dialect, isAt } from './dialect.ts'
import type { Exchange } from './exchange.ts'

/** Whether the client reads as Anthropic's own do. Both they and OpenAI's look for models at /v1/models. */
export function speaksAnthropic({ req }: Pick<Exchange, 'req'>): boolean {
  return req.headers['anthropic-version'] !== undefined || req.headers['x-api-key'] !== undefined
}

/** In which dialect an error is told: the path's, or what the headers say where two dialects share the path. */
export function spokenDialect(exchange: Pick<Exchange, 'req' | 'path' | 'dialect'>): Dialect {
  const { dialect, path } = exchange
  return dialect === 'openai' && isAt('/v1/models', path) && speaksAnthropic(exchange) ? 'anthropic' : dialect
}
