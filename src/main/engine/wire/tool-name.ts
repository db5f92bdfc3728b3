import { z } from 'zod'

/** A tool's name: models write it in one piece before the arguments, so it holds no space of any kind. */
export const toolNameField = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s\p{C}]*$/u, 'a tool name holds no spaces or control characters')
