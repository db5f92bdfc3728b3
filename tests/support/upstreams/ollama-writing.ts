import type { ServerResponse } from 'node:http'
import type { ScriptedAnswer, ScriptedRefusal } from './ollama-answers.ts'
import type { SendLine } from './ollama-library.ts'
import { ending, head, said, toolCall } from './ollama-shapes.ts'

/** How the scripted server writes: whole JSON, plain text, and NDJSON line by line. */
type Json = Record<string, unknown>

export function wholeAnswer(
  res: ServerResponse,
  kind: 'chat' | 'generate',
  name: string,
  answer: ScriptedAnswer,
): void {
  const fields = said(kind, answer.text.join(''), answer.thinking.join(''))
  if (kind === 'chat' && answer.toolCalls.length > 0) {
    Object.assign(fields.message as Json, { tool_calls: answer.toolCalls.map(toolCall) })
  }
  if (answer.end === 'cut') res.socket?.destroy()
  else if (typeof answer.end === 'object') sendJson(res, 500, { error: answer.end.error })
  else sendJson(res, 200, { ...head(name), ...fields, ...ending(answer) })
}

/** Writes lines with Ollama's own head; the head goes out with the first line, as Ollama does it. */
export function lineSender(res: ServerResponse, pace: { lineMs: number; chunkBytes: number }): SendLine {
  return async (line) => {
    if (res.destroyed) return false
    if (!res.headersSent) res.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    const step = pace.chunkBytes === 0 ? bytes.length : pace.chunkBytes
    for (let at = 0; at < bytes.length; at += step) {
      const fits = res.write(bytes.subarray(at, at + step))
      if (!fits) await new Promise<void>((resolve) => onceEither(res, resolve))
      // Every piece is a chunk of its own on the wire.
      else if (step < bytes.length) await pause(1)
      if (res.destroyed) return false
    }
    if (pace.lineMs > 0) await pause(pace.lineMs)
    else await pause(0)
    return !res.destroyed
  }
}

function onceEither(res: ServerResponse, resolve: () => void): void {
  const settle = (): void => {
    res.off('drain', settle)
    res.off('close', settle)
    resolve()
  }
  res.on('drain', settle)
  res.on('close', settle)
}

export function refuse(res: ServerResponse, refusal: ScriptedRefusal): void {
  res.writeHead(refusal.status, { 'Content-Type': refusal.contentType, ...refusal.headers }).end(refusal.body)
}

export function sendJson(res: ServerResponse, status: number, body: Json): void {
  if (!res.destroyed)
    res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

export function sendText(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text)
}

/** Lets go of the loop even for 0 ms, so that every write is one of its own. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)))
}
