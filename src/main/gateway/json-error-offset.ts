const ESCAPED = '"\\/bfnrt'
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Where a text stops being JSON (its length, if it ends too early). For texts that JSON.parse has already refused. */
export function jsonErrorOffset(text: string): number {
  const state = { at: 0 }
  const sound = value(text, state)
  if (sound) space(text, state)
  return Math.min(state.at, text.length)
}

interface State {
  at: number
}

/** Reads one value; false leaves `at` where it broke. The caller has bounded the depth. */
function value(text: string, state: State): boolean {
  space(text, state)
  const char = text[state.at]
  if (char === '{') return members(text, state, '}', pair)
  if (char === '[') return members(text, state, ']', value)
  if (char === '"') return string(text, state)
  for (const word of ['true', 'false', 'null']) {
    if (char === word[0]) return literal(text, state, word)
  }
  NUMBER.lastIndex = state.at
  if (!NUMBER.test(text)) return false
  state.at = NUMBER.lastIndex
  return true
}

function members(text: string, state: State, close: string, one: (text: string, state: State) => boolean): boolean {
  state.at += 1
  space(text, state)
  if (text[state.at] === close) {
    state.at += 1
    return true
  }
  for (;;) {
    if (!one(text, state)) return false
    space(text, state)
    const next = text[state.at]
    if (next === close) {
      state.at += 1
      return true
    }
    if (next !== ',') return false
    state.at += 1
    space(text, state)
  }
}

function pair(text: string, state: State): boolean {
  if (text[state.at] !== '"' || !string(text, state)) return false
  space(text, state)
  if (text[state.at] !== ':') return false
  state.at += 1
  return value(text, state)
}

function string(text: string, state: State): boolean {
  for (state.at += 1; state.at < text.length; state.at += 1) {
    const char = text[state.at] ?? ''
    if (char === '"') {
      state.at += 1
      return true
    }
    if (char < ' ') return false
    if (char !== '\\') continue
    const escaped = text[state.at + 1] ?? ''
    if (escaped === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(state.at + 2, state.at + 6))) return false
      state.at += 5
    } else {
      if (escaped === '' || !ESCAPED.includes(escaped)) return false
      state.at += 1
    }
  }
  return false
}

function literal(text: string, state: State, word: string): boolean {
  for (const char of word) {
    if (text[state.at] !== char) return false
    state.at += 1
  }
  return true
}

function space(text: string, state: State): void {
  while (' \t\n\r'.includes(text[state.at] ?? 'x')) state.at += 1
}
