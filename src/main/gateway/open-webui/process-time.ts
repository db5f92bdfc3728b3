import type { Exchange } from '../exchange.ts'

/** Has the answer say how long it took until its head went out: `X-Process-Time`, seconds with six decimals. */
export function withProcessTime({ res, receivedAt }: Exchange): void {
  const writeHead = res.writeHead
  // The time is only known when the head is written, and nothing else tells of that moment.
  res.writeHead = function timedWriteHead(this: typeof res, ...args: unknown[]) {
    if (!res.headersSent) res.setHeader('X-Process-Time', ((performance.now() - receivedAt) / 1000).toFixed(6))
    return Reflect.apply(writeHead, this, args)
  } as typeof writeHead
}
