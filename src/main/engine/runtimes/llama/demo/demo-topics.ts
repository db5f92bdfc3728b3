/** What the newest user turn can be about. The model follows the last keyword it sees in it. */
export type DemoTopicName =
  | 'default'
  | 'hello'
  | 'about'
  | 'help'
  | 'thanks'
  | 'chinese'
  | 'code'
  | 'table'
  | 'story'
  | 'poem'
  | 'joke'
  | 'think'
  | 'json'
  | 'dice'
  | 'count'
  | 'endless'
  | 'weather'
  | 'time'
  | 'search'
  | 'math'
  | 'tool'

/** One topic: the words that choose it, and whether a tool call is the natural answer when the request has tools. */
export type DemoTopic = { name: DemoTopicName; keywords: readonly string[]; callsTool: boolean }

/** Every topic. Keywords match anywhere in the text, in lower case, Capitalised and UPPER CASE. `default` has none. */
export const DEMO_TOPICS: readonly DemoTopic[] = [
  { name: 'default', keywords: [], callsTool: false },
  {
    name: 'hello',
    keywords: ['hello', 'good morning', 'good evening', 'greet', 'hi', 'hi there', 'hi!', 'hey', 'hey!', 'hey there'],
    callsTool: false,
  },
  {
    name: 'about',
    keywords: [
      'who are you',
      'what are you',
      'your name',
      'about yourself',
      'introduce yourself',
      'describe yourself',
      'who made you',
      'which model',
      'what model',
      'are you real',
      'are you a ',
      'are you an ',
      'are you the ',
    ],
    callsTool: false,
  },
  {
    name: 'help',
    keywords: ['help', 'what can you do', 'can you do', 'capabilities', 'topics', 'features', 'keywords', 'what else'],
    callsTool: false,
  },
  { name: 'thanks', keywords: ['thank', 'goodbye', 'bye!', 'well done'], callsTool: false },
  {
    name: 'chinese',
    keywords: ['你', '您', '好', '我', '的', '是', '吗', '么', '请', '谁', '写', '中文', 'chinese'],
    callsTool: false,
  },
  {
    name: 'code',
    keywords: [
      'code',
      'coding',
      'function',
      'python',
      'javascript',
      'typescript',
      'program',
      'algorithm',
      'html',
      'fibonacci',
      'regex',
    ],
    callsTool: false,
  },
  {
    name: 'table',
    keywords: ['table', 'list', 'bullet', 'markdown', 'compare', 'comparison', 'pros and cons', 'difference between'],
    callsTool: false,
  },
  {
    name: 'story',
    keywords: ['story', 'tale', 'novel', 'essay', 'article', 'blog', 'long', 'paragraph', 'adventure', 'chapter'],
    callsTool: false,
  },
  { name: 'poem', keywords: ['poem', 'haiku', 'poetry', 'rhyme', 'song', 'limerick', 'sonnet'], callsTool: false },
  { name: 'joke', keywords: ['joke', 'funny', 'laugh', ' pun '], callsTool: false },
  {
    name: 'think',
    keywords: ['think', 'reason', 'why', 'puzzle', 'riddle', 'solve', 'step by step', 'prove'],
    callsTool: false,
  },
  { name: 'json', keywords: ['json'], callsTool: false },
  {
    name: 'dice',
    keywords: ['dice', 'roll', 'random', 'coin', 'number between', 'pick a number', 'lottery'],
    callsTool: false,
  },
  { name: 'count', keywords: ['count', 'numbers from', 'one to'], callsTool: false },
  {
    name: 'endless',
    keywords: ['endless', 'forever', 'infinite', 'never stop', 'never end', 'without stopping', 'keep going'],
    callsTool: false,
  },
  { name: 'weather', keywords: ['weather', 'forecast', 'temperature', 'raining'], callsTool: true },
  {
    name: 'time',
    keywords: ['what time', 'current time', 'the time in', 'time is it', 'clock', "today's date", 'what day'],
    callsTool: true,
  },
  { name: 'search', keywords: ['search', 'look up', 'find', 'browse'], callsTool: true },
  {
    name: 'math',
    keywords: ['calculat', 'plus', 'multipl', 'times', 'divide', 'the sum', 'square root', 'subtract'],
    callsTool: true,
  },
  { name: 'tool', keywords: ['tool', 'call', 'invoke'], callsTool: true },
]

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']

/** Longer words that hold a keyword by accident; as tokens of their own they hide it. */
export const DEMO_DECOYS: readonly string[] = [
  // A greeting is a word of its own
  ...LETTERS.flatMap((letter) => [`hi${letter}`, `${letter}hi`]).filter((word) => word !== 'hih'),
  'they',
  'whey',
  'heyday',
  'stable',
  'vegetable',
  'comfortable',
  'portable',
  'suitable',
  'notable',
  'establish',
  'adaptable',
  'listen',
  'country',
  'countries',
  'account',
  'discount',
  'encounter',
  'history',
  'along',
  'belong',
  'length',
  'called',
  'basically',
  'typically',
  'especially',
  'technically',
  'locally',
  'locale',
  'finding',
  'sometimes',
  'scroll',
  'control',
  'troll',
  'enroll',
  'payroll',
  'catalog',
  'helpful',
  'surplus',
  'research',
  'reasonable',
  'improve',
  'approve',
  'song title',
  'talent',
  'totally',
  'vitally',
  'digitally',
  'particle',
  'resolve',
]

/** Parts of tool names that a topic prefers where the caller offers several tools. */
export const DEMO_TOOL_NAME_WORDS: Partial<Record<DemoTopicName, readonly string[]>> = {
  weather: ['weather', 'Weather', 'forecast', 'Forecast'],
  time: ['time', 'Time', 'date', 'Date', 'clock'],
  search: ['search', 'Search', 'find', 'Find', 'lookup', 'Lookup', 'look_up'],
  math: ['calc', 'Calc', 'math', 'Math', 'add', 'Add', 'sum', 'multiply', 'Multiply', 'compute'],
}

/** Openings that many tool names share; weaker than the words above, so that those decide where both would fit. */
export const DEMO_TOOL_NAME_OPENINGS: Partial<Record<DemoTopicName, readonly string[]>> = {
  weather: ['get_', 'get', 'current_', 'Current'],
  time: ['get_', 'get', 'current_', 'Current'],
  search: ['web_', 'web', 'internet_'],
}

/** Places the model copies from the question into string values of a tool call or a JSON object. */
export const DEMO_PLACES: readonly string[] = [
  'Paris',
  'London',
  'Berlin',
  'Tokyo',
  'New York',
  'San Francisco',
  'Boston',
  'Chicago',
  'Toronto',
  'Madrid',
  'Rome',
  'Lisbon',
  'Vienna',
  'Amsterdam',
  'Oslo',
  'Beijing',
  'Shanghai',
  'Singapore',
  'Sydney',
  'Mumbai',
  'Cairo',
  'Seoul',
  'Dublin',
  'Zurich',
]
