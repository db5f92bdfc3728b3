/**
 * The logits by which the demo model decides. State codes of different chains leak at most 1/8 of CHAIN_STRENGTH into
 * each other, so decisions in a chain are much further apart than that; the exact states do not leak at all.
 */

/** From one piece of an answer to the next. */
export const CHAIN_STRENGTH = 60

/** States that must not leak into each other: index b of the code with a = 0. */
export const EXACT_STATES = {
  other: 1,
  assistant: 2,
  quote: 3,
  value: 4,
  firstDigit: 5,
  lastDigit: 6,
  call: 7,
  end: 8,
} as const

/** How the first piece after `<|assistant|>` is chosen. */
export const ROUTING = {
  open: 30,
  topic: 15,
  noTopic: 3,
  raw: 32,
  result: 42,
  resultInsideJson: -40,
  // The call's edge and constant cancel after `<|assistant|>`; anywhere else the constant alone forbids it
  callOpen: 110,
  callWithoutTools: -110,
  callWithTools: 38,
  callQuestion: 18,
  callOtherTopic: -25,
} as const

/** What is left to say under a grammar, best first; all of it above what chains leak into the other states. */
export const FALLBACKS = {
  end: 24,
  value: 40,
  valueAgain: 30,
  place: 34,
  placeSeen: 12,
  toolName: 10,
  toolNameOpening: 8,
  // After a whole number: a comma where one is allowed, else the line ends that close a grammar
  lineEnd: 13,
  constants: { '"': 19, '{': 18.8, '[': 18.7, '}': 18.6, ']': 18.4, ')': 18.2, ',': 14, ':': 14, '4': 12, t: 4 },
} as const
