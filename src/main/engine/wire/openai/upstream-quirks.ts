import type { OpenAiBodyRules } from '../parameters/openai-body-rules.ts'

/**
 * How a server wants to be told to think:
 * - `effort`: `reasoning_effort`
 * - `openrouter`: `reasoning: {effort | max_tokens | enabled}`
 * - `thinking-type`: `thinking: {type: enabled | disabled}`
 * - `template`: `reasoning_effort`, and `chat_template_kwargs.enable_thinking` to switch it off
 * - `none`: it cannot be told
 */
export type ReasoningStyle = 'effort' | 'openrouter' | 'thinking-type' | 'template' | 'none'

/** Sampling fields beside OpenAI's own, each by the name that the server gives it; absent: it has none. */
export interface ExtraSampling {
  topK?: string
  minP?: string
  repeatPenalty?: string
  repeatLastN?: string
}

/** What sets one OpenAI-compatible server apart from another. A vendor is a row of these, never code. */
export interface OpenAiQuirks extends OpenAiBodyRules {
  /** Name for messages and logs: `openai`, `groq`, `compatible`. */
  vendor: string
  extraSampling: ExtraSampling
  /** True if it refuses a request for a field that is not in its reference. */
  refusesUnknownFields: boolean
  /** Ollama `options` (mirostat …) that it takes at the top level. */
  runtimeOptions: ReadonlySet<string>
  reasoning: ReasoningStyle
  /** True if only models of the newer families may be given `reasoning_effort`. */
  reasoningOnlyForNewModels: boolean
  /** Other models that take `none` as an effort, and think unless they are told so. */
  effortNone: 'all' | 'none' | RegExp
  /** Field in which an assistant's earlier reasoning goes back; null keeps it here. */
  reasoningBack: 'reasoning_content' | 'reasoning' | null
  /** Models that refuse a conversation's tool calls without the signature that they gave them (Gemini); null for none. */
  signedCalls: RegExp | null
  /** False if it knows JSON mode, but no schema. */
  jsonSchema: boolean
  /** Vectors as base64, which is a quarter of the bytes. */
  embeddingsBase64: boolean
}
