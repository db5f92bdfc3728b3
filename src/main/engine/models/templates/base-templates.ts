import { OWNER_ID } from '#shared/access.ts'
import type { Template } from '#shared/presets.ts'

/** One set of parameters that comes with the app, with the reason for its values as its description. */
function base(id: string, name: string, description: string, params: Template['params']): Template {
  return { id: `base:${id}`, kind: 'base', name, description, params, ownerId: OWNER_ID, updatedAt: 0 }
}

/** Starting points, most used first. Values are those that model makers and llama.cpp's documentation recommend. */
export const BASE_TEMPLATES: readonly Template[] = [
  base('balanced', 'Balanced', 'For everyday questions: some variety, rarely off the subject.', {
    temperature: 0.7,
    top_p: 0.9,
    top_k: 40,
    repeat_penalty: 1.1,
  }),
  base('precise', 'Precise', 'For facts, numbers and instructions: nearly always the likeliest word.', {
    temperature: 0.2,
    top_p: 0.5,
    top_k: 20,
    repeat_penalty: 1.05,
  }),
  base(
    'repeatable',
    'Repeatable',
    'For tests and comparisons: the same question gives the same answer where the model allows it.',
    {
      temperature: 0,
      top_k: 1,
      seed: 42,
    },
  ),
  base('creative', 'Creative', 'For stories and ideas: unlikely words get a chance, nonsense is cut off by min_p.', {
    temperature: 1.1,
    top_p: 0.95,
    top_k: 100,
    min_p: 0.05,
    repeat_penalty: 1.15,
  }),
  base('coding', 'Coding', 'For programs: little chance, and no penalty on repeating, because code repeats itself.', {
    temperature: 0.2,
    top_p: 0.9,
    repeat_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    max_tokens: 4096,
  }),
  base(
    'structured',
    'JSON answers',
    'For programs that read the answer: JSON only, with as little chance as possible.',
    {
      temperature: 0,
      format: 'json',
      response_format: { type: 'json_object' },
    },
  ),
  base(
    'long-context',
    'Long context',
    'For long documents: room for 32,768 tokens. It takes memory on this machine, and no cloud model needs it.',
    {
      temperature: 0.3,
      num_ctx: 32_768,
      num_keep: 256,
      repeat_last_n: 128,
    },
  ),
  base('brief', 'Brief answers', 'For quick answers and slow machines: ends after 256 tokens.', {
    temperature: 0.5,
    max_tokens: 256,
  }),
  base(
    'reasoning',
    'Reasoning',
    'For hard problems with models that think first: they get time, and the sampling that their makers advise.',
    {
      temperature: 0.6,
      top_p: 0.95,
      reasoning_effort: 'high',
      think: true,
    },
  ),
  base(
    'translation',
    'Translation',
    'For text to text: close to the original, and free to repeat a term each time it comes.',
    {
      temperature: 0.3,
      top_p: 0.9,
      repeat_penalty: 1,
    },
  ),
]
