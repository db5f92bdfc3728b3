import { z } from 'zod'
import { ERROR_CODES } from './error-codes.ts'

/** An error as it crosses to a window or is stored beside an answer: no stack, no secrets. */
export const publicErrorSchema = z.object({
  code: z.enum(ERROR_CODES),
  /** What happened, in plain words (English; the window translates by code and shows this as the detail). */
  message: z.string(),
  retryable: z.boolean(),
  requestId: z.string().optional(),
  /** Redacted reason of the part that failed (upstream body, native log line), for the details fold. */
  detail: z.string().optional(),
  /** The input field that is wrong: `baseUrl`, `keys[0].value`, `headers.X-Team`. */
  param: z.string().optional(),
})
export type PublicError = z.infer<typeof publicErrorSchema>
