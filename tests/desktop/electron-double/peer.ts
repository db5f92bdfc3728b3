/** What crosses between the main process's double and the host: calls with an answer, both ways. */
export type Envelope =
  | { kind: 'call'; id: number; method: string; args: unknown[] }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'failure'; id: number; message: string }

/** What one side offers; the other calls by name. */
export type Handlers = Record<string, (...args: never[]) => unknown>

export interface Peer {
  call(method: string, ...args: unknown[]): Promise<unknown>
  /** Fails every call that waits for an answer. */
  end(reason: string): void
}

/** One end of the conversation. `receive` must be fed with every envelope from the other side. */
export function createPeer(
  send: (envelope: Envelope) => void,
  handlers: Handlers,
): Peer & { receive: (e: Envelope) => void } {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let nextId = 1
  let ended: string | null = null

  async function answer(id: number, method: string, args: unknown[]): Promise<void> {
    try {
      const handler = handlers[method]
      if (handler === undefined) throw new Error(`the Electron double has no ${method}`)
      const value = await handler(...(args as never[]))
      if (ended === null) send({ kind: 'result', id, value })
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (ended === null) send({ kind: 'failure', id, message })
    }
  }

  return {
    call(method, ...args) {
      if (ended !== null) return Promise.reject(new Error(ended))
      const id = nextId++
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        send({ kind: 'call', id, method, args })
      })
    },
    receive(envelope) {
      if (envelope.kind === 'call') {
        void answer(envelope.id, envelope.method, envelope.args)
        return
      }
      const call = waiting.get(envelope.id)
      waiting.delete(envelope.id)
      if (envelope.kind === 'result') call?.resolve(envelope.value)
      else call?.reject(new Error(envelope.message))
    },
    end(reason) {
      ended ??= reason
      for (const call of waiting.values()) call.reject(new Error(reason))
      waiting.clear()
    },
  }
}
