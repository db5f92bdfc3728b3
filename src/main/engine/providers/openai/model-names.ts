import type { Capability } from '#shared/models.ts'

/** What a model's name tells where its list does not, as data. Names are bare and in lower case. */

/** Models that turn text into vectors. */
export const EMBEDDING_NAMES =
  /embed|(^|[-_/])(bge|gte|e5|minilm|paraphrase|stella|jina-clip|sentence-t5)([-_.]|$)|all-minilm|all-mpnet/

/** Models that no text chats with: pictures, sound, moderation, ranking. */
export const OTHER_NAMES =
  /whisper|(^|[-_])tts([-_]|$)|dall-e|gpt-image|chatgpt-image|^sora([-_.]|$)|moderation|realtime|transcribe|^omni-moderation|stable-diffusion|(^|[-_])flux([-_.]|$)|rerank|(^|[-_])piper([-_]|$)|(^|[-_])bark([-_.]|$)|computer-use|gpt-audio|-audio-preview/

/** Models that only go on with a text. */
export const COMPLETION_NAMES = /^(davinci|babbage)-|-instruct-\d{4}$|(^|-)turbo-instruct/

/** Abilities by name; each row adds its capability. */
export const ABILITY_NAMES: readonly (readonly [Capability, RegExp])[] = [
  [
    'vision',
    /gpt-4o|gpt-4\.1|gpt-4\.5|gpt-4-turbo|gpt-4-vision|gpt-([5-9]|[1-9]\d)|chatgpt-4o|^o1$|^o1-(20|pro)|^o3(?!-mini)|^o4|gemini|claude-(3|opus|sonnet|haiku|fable)|llava|vision|-vl([-_.:]|$)|vl-|pixtral|gemma-?3|llama-?4|mistral-(small-3|medium-3|large-3)|minicpm-v|moondream|internvl|grok-(2-vision|4)|molmo|idefics/,
  ],
  [
    'reasoning',
    /^o\d|gpt-([5-9]|[1-9]\d)(?!-chat)|gpt-oss|deepseek-(r\d|reasoner|v3\.[12])|(^|-)r1([-_.:]|$)|qwq|qwen-?3|magistral|grok-(3-mini|4)|thinking|reason|glm-(4\.[5-9]|[5-9])|kimi-k2-thinking|gemini-(2\.5|[3-9])|claude-(3-7|opus-4|sonnet-4)/,
  ],
]
