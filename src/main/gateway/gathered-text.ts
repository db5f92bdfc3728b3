import type { Exchange } from './exchange.ts'
import { type Flushable, flushSoon } from './flush-soon.ts'
import { write } from './respond.ts'

/** Characters after which a turn's text is written before the turn ends. */
const MOST = 65_536

/** Text for a client, written once a turn of the loop: of ten pieces that come together, nine are no write of their own. */
export class GatheredText implements Flushable {
  readonly #exchange: Exchange
  #text = ''

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  add(text: string): void {
    if (this.#text === '') flushSoon(this)
    this.#text += text
    if (this.#text.length >= MOST) this.flush()
  }

  flush(): void {
    const text = this.take()
    if (text !== '' && !this.#exchange.res.destroyed) write(this.#exchange, text)
  }

  /** What is not written yet, for whoever writes it with the end. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}
