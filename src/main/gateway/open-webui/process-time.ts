import type { Exchange } from '../exchange.ts'

/** Has the answer say how long it took until its head went out: `X-Process-Time`, seconds with six decimals. */
export function withProcessTime({ res, receivedAt }: Exchange): void {
  res.timedFrom = receivedAt
}
