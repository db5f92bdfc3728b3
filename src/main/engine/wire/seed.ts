import { z } from 'zod'

/**
 * A seed as clients send it: any 64-bit integer. JSON.parse rounds those beyond 2^53, which is as good a seed; zod's own
 * `int` would refuse them.
 */
export const seedField = z
  .number()
  .refine((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 64, 'expected a 64-bit integer')
  .nullish()
