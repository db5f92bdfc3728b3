import { cutIntoPieces } from './cut-into-pieces.ts'
import { CHAIN_STRENGTH, EXACT_STATES, FALLBACKS, ROUTING } from './demo-strengths.ts'
import {
  DEMO_ANSWERS,
  DEMO_INFILL,
  DEMO_RAW_CONTINUATION,
  DEMO_REFRAIN,
  DEMO_THOUGHT,
  DEMO_TOOL_ANSWER,
} from './demo-texts.ts'
import {
  DEMO_DECOYS,
  DEMO_PLACES,
  DEMO_TOOL_NAME_OPENINGS,
  DEMO_TOOL_NAME_WORDS,
  DEMO_TOPICS,
  type DemoTopicName,
} from './demo-topics.ts'
import { firstMisread, longestFirst } from './read-back.ts'

/** Token types of GGUF vocabularies. */
export const TOKEN_TYPE = { normal: 1, control: 3, userDefined: 4 } as const

/** A flag that a token shows to the attention heads, or that the heads carry to the last position. */
export type DemoSignal = `topic:${DemoTopicName}` | `place:${string}` | 'question' | 'tools' | 'result'

/** One token: what it shows (state and signals) and what makes it likely (edges from states, signals, a constant). */
export type DemoToken = {
  text: string
  type: (typeof TOKEN_TYPE)[keyof typeof TOKEN_TYPE]
  state: number
  shows: DemoSignal[]
  edges: Map<number, number>
  likes: Map<DemoSignal, number>
  constant: number
}

/** The ids that the tokenizer metadata names. */
export type DemoVocabulary = { tokens: readonly DemoToken[]; idOf(text: string): number }

const CALL_PREFIX = '||call: '
const RESULT_PREFIX = '||result: '
// The library's system text for tools has this line, whatever the tools are
const TOOLS_MARKER = 'Provided functions:'

// GPT-2's name for the byte 10
const LINE_END_BYTE = '\u010a'

const MOST_ROUNDS = 40

/**
 * Builds the vocabulary: bytes, control tokens, keywords, and one chain of unique pieces per answer. Where a piece of one
 * answer would be read in another one, the texts are cut anew without it.
 */
export function buildDemoVocabulary(): DemoVocabulary {
  const avoided = new Set<string>()
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const builder = fill(new VocabularyBuilder(avoided))
    const misread = builder.misread()
    if (misread.length === 0) return builder.finish()
    for (const piece of misread) avoided.add(piece)
  }
  throw new Error('The demo answers cannot be cut into pieces that are read back as they are')
}

function fill(builder: VocabularyBuilder): VocabularyBuilder {
  builder.addBytes()
  for (const text of ['<|begin|>', '<|end|>', '<|user|>', '<|assistant|>', '<|system|>', '<|pad|>']) {
    builder.add(text, TOKEN_TYPE.control)
  }
  for (const text of ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>']) builder.add(text, TOKEN_TYPE.control)
  builder.token('<|user|>').shows.push('topic:default')
  builder.token('<|assistant|>').state = EXACT_STATES.assistant
  builder.token('<|fim_middle|>').state = builder.newState()
  addMarkers(builder)
  addKeywords(builder)
  addJsonFallbacks(builder)
  addAnswers(builder)
  return builder
}

function addMarkers(builder: VocabularyBuilder): void {
  for (const text of ['?', '？']) builder.addUnlessThere(text).shows.push('question')
  builder.add(TOOLS_MARKER).shows.push('tools')
  builder.add(RESULT_PREFIX).shows.push('result')
  builder.add(CALL_PREFIX).state = EXACT_STATES.call
  builder.add('<think>').state = builder.newState()
  builder.add('</think>').state = builder.newState()
}

function addKeywords(builder: VocabularyBuilder): void {
  for (const topic of DEMO_TOPICS) {
    for (const keyword of topic.keywords.flatMap(caseVariants)) {
      builder.addKeyword(keyword).shows.push(`topic:${topic.name}`)
    }
  }
  for (const decoy of DEMO_DECOYS.flatMap(caseVariants)) builder.addKeyword(decoy)
  for (const place of DEMO_PLACES) {
    const token = builder.add(place)
    token.shows.push(`place:${place}`)
    token.state = EXACT_STATES.value
    token.edges.set(EXACT_STATES.quote, FALLBACKS.place)
    token.likes.set(`place:${place}`, FALLBACKS.placeSeen)
  }
  for (const topic of DEMO_TOPICS) {
    for (const word of DEMO_TOOL_NAME_WORDS[topic.name] ?? []) {
      builder.addUnlessThere(word).likes.set(`topic:${topic.name}`, FALLBACKS.toolName)
    }
    for (const word of DEMO_TOOL_NAME_OPENINGS[topic.name] ?? []) {
      builder.addUnlessThere(word).likes.set(`topic:${topic.name}`, FALLBACKS.toolNameOpening)
    }
  }
}

/** Under a grammar most tokens are forbidden; these constants make whatever remains short, valid JSON. */
function addJsonFallbacks(builder: VocabularyBuilder): void {
  for (const [text, strength] of Object.entries(FALLBACKS.constants)) builder.token(text).constant = strength
  const quote = builder.token('"')
  quote.state = EXACT_STATES.quote
  quote.edges.set(EXACT_STATES.value, CHAIN_STRENGTH)
  const value = builder.add('example')
  value.state = EXACT_STATES.value
  value.edges.set(EXACT_STATES.quote, FALLBACKS.value)
  value.edges.set(EXACT_STATES.value, FALLBACKS.valueAgain)
  builder.token('4').state = EXACT_STATES.firstDigit
  const secondDigit = builder.token('2')
  secondDigit.edges.set(EXACT_STATES.firstDigit, FALLBACKS.value)
  secondDigit.state = EXACT_STATES.lastDigit
  builder.token(LINE_END_BYTE).edges.set(EXACT_STATES.lastDigit, FALLBACKS.lineEnd)
  const end = builder.token('<|end|>')
  end.constant = FALLBACKS.end
  // Outside a grammar nothing may go on after a quote or a value
  for (const state of [EXACT_STATES.end, EXACT_STATES.quote, EXACT_STATES.value]) end.edges.set(state, CHAIN_STRENGTH)
}

function addAnswers(builder: VocabularyBuilder): void {
  // First, because its pieces are fixed while texts can be cut around them
  addCounting(builder)
  for (const topic of DEMO_TOPICS) {
    const text = DEMO_ANSWERS[topic.name]
    if (text !== undefined) openTopic(builder, topic.name, builder.chain(text).first)
  }
  const standard = builder.openers.get('default')
  for (const topic of DEMO_TOPICS) {
    if (topic.callsTool && topic.name !== 'weather') standard?.likes.set(`topic:${topic.name}`, ROUTING.topic)
  }
  if (standard) standard.constant = ROUTING.noTopic
  addThought(builder)
  addDice(builder)
  addEndless(builder)
  addToolCall(builder)

  const toolAnswer = builder.chain(DEMO_TOOL_ANSWER).first
  toolAnswer.edges.set(EXACT_STATES.assistant, ROUTING.open)
  toolAnswer.likes.set('result', ROUTING.result)
  for (const state of [EXACT_STATES.quote, EXACT_STATES.value]) toolAnswer.edges.set(state, ROUTING.resultInsideJson)
  builder.chain(DEMO_RAW_CONTINUATION).first.edges.set(EXACT_STATES.other, ROUTING.raw)
  builder.chain(DEMO_INFILL).first.edges.set(builder.token('<|fim_middle|>').state, CHAIN_STRENGTH)
}

function openTopic(builder: VocabularyBuilder, topic: DemoTopicName, first: DemoToken): void {
  first.edges.set(EXACT_STATES.assistant, ROUTING.open)
  first.likes.set(`topic:${topic}`, ROUTING.topic)
  builder.openers.set(topic, first)
}

function addThought(builder: VocabularyBuilder): void {
  const open = builder.token('<think>')
  const close = builder.token('</think>')
  openTopic(builder, 'think', open)
  const thought = builder.chain(DEMO_THOUGHT.thought)
  thought.first.edges.set(open.state, CHAIN_STRENGTH)
  thought.last.state = builder.newState()
  close.edges.set(thought.last.state, CHAIN_STRENGTH)
  builder.chain(DEMO_THOUGHT.conclusion).first.edges.set(close.state, CHAIN_STRENGTH)
}

/** After the opening words six numbers are equally likely: sampling with a seed decides. */
function addDice(builder: VocabularyBuilder): void {
  const opening = builder.chain('The dice: they came up as')
  openTopic(builder, 'dice', opening.first)
  opening.last.state = builder.newState()
  const closing = builder.chain('\n\nWith a temperature above zero, another seed gives another throw.')
  const thrown = builder.newState()
  for (const number of ['one', 'two', 'three', 'four', 'five', 'six']) {
    const token = builder.add(` **${number}**.`)
    token.edges.set(opening.last.state, CHAIN_STRENGTH)
    token.state = thrown
  }
  closing.first.edges.set(thrown, CHAIN_STRENGTH)
}

function addCounting(builder: VocabularyBuilder): void {
  const numbers = Array.from({ length: 100 }, (_, index) => index + 1)
  const text = numbers.map((number) => `${number === 1 ? '' : ' '}${number}${number === 100 ? '.' : ','}`)
  openTopic(builder, 'count', builder.chainOf(text).first)
}

function addEndless(builder: VocabularyBuilder): void {
  const [opening, refrain] = DEMO_REFRAIN
  const start = builder.chain(opening)
  openTopic(builder, 'endless', start.first)
  const round = builder.chain(refrain)
  start.last.state = builder.newState()
  round.last.state = builder.newState()
  round.first.edges.set(start.last.state, CHAIN_STRENGTH)
  round.first.edges.set(round.last.state, CHAIN_STRENGTH)
}

/** A call is opened when tools are there and the topic asks for one, or when an unknown topic ends in a question. */
function addToolCall(builder: VocabularyBuilder): void {
  const call = builder.token(CALL_PREFIX)
  call.edges.set(EXACT_STATES.assistant, ROUTING.callOpen)
  call.constant = ROUTING.callWithoutTools
  call.likes.set('tools', ROUTING.callWithTools)
  call.likes.set('question', ROUTING.callQuestion)
  for (const topic of DEMO_TOPICS) {
    if (topic.name === 'default') continue
    call.likes.set(`topic:${topic.name}`, topic.callsTool ? ROUTING.topic : ROUTING.callOtherTopic)
  }
}

function caseVariants(word: string): string[] {
  const capitalised = word.charAt(0).toUpperCase() + word.slice(1)
  return [...new Set([word, capitalised, word.toUpperCase()])]
}

/** Collects tokens and hands out states. */
class VocabularyBuilder {
  readonly openers = new Map<DemoTopicName, DemoToken>()
  readonly #tokens = new Map<string, DemoToken>()
  readonly #keywords = new Set<string>()
  readonly #chains: (readonly string[])[] = []
  readonly #avoided: ReadonlySet<string>
  #chainStates = 0

  constructor(avoided: ReadonlySet<string>) {
    this.#avoided = avoided
  }

  add(text: string, type: DemoToken['type'] = TOKEN_TYPE.userDefined): DemoToken {
    if (this.#tokens.has(text)) throw new Error(`The demo vocabulary already has ${JSON.stringify(text)}`)
    const token: DemoToken = {
      text,
      type,
      state: EXACT_STATES.other,
      shows: [],
      edges: new Map(),
      likes: new Map(),
      constant: 0,
    }
    this.#tokens.set(text, token)
    return token
  }

  addKeyword(text: string): DemoToken {
    this.#keywords.add(text)
    return this.addUnlessThere(text)
  }

  addUnlessThere(text: string): DemoToken {
    return this.#tokens.get(text) ?? this.add(text)
  }

  /** The 256 byte tokens under the names GPT-2 gives them: printable bytes stand for themselves. */
  addBytes(): void {
    const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
    let next = 256
    for (let byte = 0; byte < 256; byte++) {
      this.add(String.fromCodePoint(printable(byte) ? byte : next++), TOKEN_TYPE.normal)
    }
  }

  token(text: string): DemoToken {
    const token = this.#tokens.get(text)
    if (!token) throw new Error(`The demo vocabulary has no ${JSON.stringify(text)}`)
    return token
  }

  /** A state of its own for a token that decides what follows. */
  newState(): number {
    return CODE_STATES_FROM + this.#chainStates++
  }

  /** Cuts a text into pieces that are new to the vocabulary and links them. The last piece leads to the end. */
  chain(text: string): { first: DemoToken; last: DemoToken } {
    const pieces = cutIntoPieces(text, {
      isTaken: (piece) => this.#tokens.has(piece) || this.#avoided.has(piece),
      hidesKeyword: (piece) => /^[\s\p{L}]+$/u.test(piece) && this.#holdsKeyword(piece),
    })
    return this.chainOf(pieces)
  }

  chainOf(pieces: readonly string[]): { first: DemoToken; last: DemoToken } {
    this.#chains.push(pieces)
    const tokens = pieces.map((piece) => this.add(piece))
    tokens.forEach((token, index) => {
      const following = tokens[index + 1]
      token.state = following ? this.newState() : EXACT_STATES.end
      following?.edges.set(token.state, CHAIN_STRENGTH)
    })
    const [first, last] = [tokens[0], tokens.at(-1)]
    if (!first || !last) throw new Error('A demo answer must not be empty')
    return { first, last }
  }

  /** Pieces to avoid so that every answer's text is read as its own pieces; see firstMisread. */
  misread(): string[] {
    const found = [...this.#tokens.values()].filter((token) => token.type === TOKEN_TYPE.userDefined)
    const tokens = longestFirst(found.map((token) => token.text))
    const pieces = new Set(this.#chains.flat())
    return this.#chains.flatMap((chain) => {
      const misread = firstMisread(chain, tokens)
      if (misread === null) return []
      return [pieces.has(misread.token) ? misread.token : misread.piece]
    })
  }

  finish(): DemoVocabulary {
    const tokens = [...this.#tokens.values()]
    const ids = new Map(tokens.map((token, id) => [token.text, id]))
    return {
      tokens,
      idOf(text) {
        const id = ids.get(text)
        if (id === undefined) throw new Error(`The demo vocabulary has no ${JSON.stringify(text)}`)
        return id
      },
    }
  }

  #holdsKeyword(piece: string): boolean {
    for (const keyword of this.#keywords) if (piece.includes(keyword)) return true
    return false
  }
}

// Codes with a = 0 are the exact states; chains start at a = 1
const CODE_STATES_FROM = 128
