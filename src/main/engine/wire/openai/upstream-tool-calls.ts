import type { StreamPart } from '../../spec/stream-part.ts'
import { newToolCallId } from '../collect-answer.ts'
import type { ToolNames } from '../upstream-tool-names.ts'
import type { CallExtras } from './call-extras.ts'
import { type JsonObject, objectOf, textOf } from './upstream-fields.ts'

type ToolCallPart = Extract<StreamPart, { type: 'tool-call-delta' }>

interface OpenCall {
  /** Our own index, in order of appearance. */
  index: number
  /** The server's; empty if it gave none. */
  upstreamId: string
  /** By which our client knows it; null until its name has come. */
  id: string | null
  /** Null until it has come; arguments wait for it. */
  name: string | null
  /** What the server said beside it. */
  extra: JsonObject | null
  waiting: string
}

/**
 * Sorts a server's tool call deltas into calls. Servers differ: some leave out the index, some give every call index 0,
 * some repeat the id as an empty text, some send whole calls, some send arguments as an object.
 */
export class UpstreamToolCalls {
  readonly #calls: OpenCall[] = []
  readonly #byIndex = new Map<number, OpenCall>()
  readonly #toolNames: Pick<ToolNames, 'decode'>
  readonly #extras: Pick<CallExtras, 'keep'> | null

  constructor(toolNames: Pick<ToolNames, 'decode'>, extras: Pick<CallExtras, 'keep'> | null) {
    this.#toolNames = toolNames
    this.#extras = extras
  }

  get any(): boolean {
    return this.#calls.length > 0
  }

  /** The part for one entry of `tool_calls`; null while its name has not come. */
  read(raw: unknown): ToolCallPart | null {
    const delta = objectOf(raw)
    if (delta === null) return null
    const called = objectOf(delta.function) ?? delta
    const id = textOf(delta.id) ?? ''
    const name = textOf(called.name)
    const call = this.#callOf(typeof delta.index === 'number' ? delta.index : null, id, name)
    const text = argumentsText(called.arguments)
    const extra = objectOf(delta.extra_content)
    if (extra !== null) {
      call.extra = extra
      this.#keepExtra(call)
    }
    if (call.name !== null) {
      return text === '' ? null : { type: 'tool-call-delta', index: call.index, argumentsDelta: text }
    }
    call.waiting += text
    if (name === null) return null
    call.name = name
    call.id = call.upstreamId === '' ? newToolCallId() : call.upstreamId
    this.#keepExtra(call)
    return {
      type: 'tool-call-delta',
      index: call.index,
      id: call.id,
      name: this.#toolNames.decode(name),
      argumentsDelta: call.waiting,
    }
  }

  /** True if a call never got a name, so that nobody can carry it out. */
  hasNameless(): boolean {
    return this.#calls.some((call) => call.name === null)
  }

  #keepExtra({ id, extra }: OpenCall): void {
    if (id !== null && extra !== null) this.#extras?.keep(id, extra)
  }

  #callOf(index: number | null, id: string, name: string | null): OpenCall {
    if (index !== null) {
      const known = this.#byIndex.get(index)
      const isAnother =
        known !== undefined && id !== '' && name !== null && known.name !== null && known.upstreamId !== id
      if (known !== undefined && !isAnother) return known
      const call = this.#begin(id)
      this.#byIndex.set(index, call)
      return call
    }
    if (id !== '') return this.#calls.find((call) => call.upstreamId === id) ?? this.#begin(id)
    const last = this.#calls.at(-1)
    if (last === undefined || (name !== null && last.name !== null)) return this.#begin('')
    return last
  }

  #begin(upstreamId: string): OpenCall {
    const call: OpenCall = { index: this.#calls.length, upstreamId, id: null, name: null, extra: null, waiting: '' }
    this.#calls.push(call)
    return call
  }
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
