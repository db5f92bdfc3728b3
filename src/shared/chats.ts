import { z } from 'zod'
import { ERROR_CODES } from './error-codes.ts'
import { publicErrorSchema } from './errors.ts'
import { placeSchema } from './place.ts'

export const roleSchema = z.enum(['user', 'assistant'])

/**
 * - `streaming`: the engine is generating it now
 * - `complete`: ended by the model (or a cap; see finishReason)
 * - `stopped`: ended by the person; the partial text is kept
 * - `failed`: ended by an error; the partial text is kept
 * - `interrupted`: the process ended while it was streaming; the text committed until then is kept
 */
export const messageStatusSchema = z.enum(['streaming', 'complete', 'stopped', 'failed', 'interrupted'])
export type MessageStatus = z.infer<typeof messageStatusSchema>

export const finishReasonSchema = z.enum(['stop', 'length', 'tool-calls', 'content-filter', 'error', 'other'])

/** Pictures that a message may carry, by their true type. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const
export const imageTypeSchema = z.enum(IMAGE_TYPES)
export type ImageType = z.infer<typeof imageTypeSchema>

/** Bytes of one picture, pictures of one message, and bytes of all of them together. */
export const MAX_IMAGE_BYTES = 20_000_000
export const MAX_IMAGES = 10
export const MAX_IMAGES_BYTES = 40_000_000
/** Pixels on a side; what is larger is made smaller before it is sent. */
export const MAX_IMAGE_SIDE = 2048

/** A picture of a message, without its bytes: those come by `chats.image`. */
export const messageImageSchema = z.object({
  id: z.string(),
  mediaType: imageTypeSchema,
  /** Pixels. */
  width: z.number(),
  height: z.number(),
  sizeBytes: z.number(),
})
export type MessageImage = z.infer<typeof messageImageSchema>

/** A picture on its way into a message. */
export const newImageSchema = z.object({
  mediaType: imageTypeSchema,
  /** Base64 without a data: prefix. */
  data: z
    .string()
    .min(1)
    .max(Math.ceil(MAX_IMAGE_BYTES / 3) * 4),
})
export type NewImage = z.infer<typeof newImageSchema>

/** A try that failed before the one that served the answer. */
export const failedAttemptSchema = z.object({
  connectionId: z.string(),
  connectionName: z.string(),
  code: z.enum(ERROR_CODES),
  message: z.string(),
  durationMs: z.number(),
})
export type FailedAttempt = z.infer<typeof failedAttemptSchema>

/** The measured facts of one answer. Durations in ms. */
export const answerFactsSchema = z.object({
  place: placeSchema,
  modelId: z.string(),
  modelName: z.string(),
  connectionId: z.string(),
  connectionName: z.string(),
  /** Why this place was chosen, one sentence per step. */
  route: z.array(z.string()),
  /** What was tried before, in order; absent if the first try served it. */
  attempts: z.array(failedAttemptSchema).optional(),
  queueMs: z.number().nullable(),
  loadMs: z.number().nullable(),
  ttftMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  promptTokens: z.number().nullable(),
  cachedPromptTokens: z.number().nullable(),
  completionTokens: z.number().nullable(),
  /** Tokens the model can attend to in the context it ran in. */
  contextSize: z.number().nullable(),
  finishReason: finishReasonSchema.nullable(),
})
export type AnswerFacts = z.infer<typeof answerFactsSchema>

export const toolCallSchema = z.object({ id: z.string(), name: z.string(), arguments: z.string() })

export const messageSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  parentId: z.string().nullable(),
  /** 0 for the first message; its position on every branch it is part of. */
  depth: z.number(),
  role: roleSchema,
  content: z.string(),
  reasoning: z.string(),
  toolCalls: z.array(toolCallSchema),
  /** Absent when there are none. */
  images: z.array(messageImageSchema).optional(),
  status: messageStatusSchema,
  facts: answerFactsSchema.nullable(),
  error: publicErrorSchema.nullable(),
  createdAt: z.number(),
  /** Ids of all siblings (same parent, same role) in creation order, this one included: the branches. */
  siblings: z.array(z.string()),
})
export type Message = z.infer<typeof messageSchema>

export const conversationSchema = z.object({
  id: z.string(),
  title: z.string(),
  modelId: z.string().nullable(),
  pinned: z.boolean(),
  draft: z.string(),
  activeLeafId: z.string().nullable(),
  messageCount: z.number(),
  /** True while an answer of it is being generated. */
  answering: z.boolean(),
  /** Places of the last answers (oldest first, at most six): the trace. */
  trace: z.array(placeSchema),
  createdAt: z.number(),
  updatedAt: z.number(),
})
export type Conversation = z.infer<typeof conversationSchema>

/** The active branch of a conversation: how long it is, and its newest messages. */
export const threadSchema = z.object({
  conversation: conversationSchema,
  /** Messages on the active branch; valid depths are 0..total-1. */
  total: z.number(),
  tail: z.array(messageSchema),
})
export type Thread = z.infer<typeof threadSchema>

/** What `chats.watch` yields. `snapshot` comes first, also after a reload in the middle of an answer. */
export const answerEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), message: messageSchema }),
  z.object({
    type: z.literal('delta'),
    messageId: z.string(),
    /** Text to append; both may be empty. */
    content: z.string(),
    reasoning: z.string(),
    completionTokens: z.number(),
  }),
  /** Waiting, with the reason (queue position, loading progress 0..1). */
  z.object({
    type: z.literal('progress'),
    messageId: z.string(),
    phase: z.enum(['queued', 'loading', 'reading']),
    value: z.number().nullable(),
  }),
  z.object({ type: z.literal('end'), message: messageSchema }),
])
export type AnswerEvent = z.infer<typeof answerEventSchema>

export const searchHitSchema = z.object({
  conversationId: z.string(),
  conversationTitle: z.string(),
  messageId: z.string(),
  role: roleSchema,
  createdAt: z.number(),
  /** Plain text around the match; `ranges` are [start, end) offsets of the matches in it. */
  snippet: z.string(),
  ranges: z.array(z.tuple([z.number(), z.number()])),
})
export type SearchHit = z.infer<typeof searchHitSchema>
