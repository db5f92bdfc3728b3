import { DEMO_STORY } from './demo-story.ts'
import type { DemoTopicName } from './demo-topics.ts'

/** Answers that are one text each. `dice`, `endless`, `count` and the tool call are put together by the vocabulary. */
export const DEMO_ANSWERS: Partial<Record<DemoTopicName, string>> = {
  default: `I am Switchyard's demo model, so please do not expect knowledge from me: my weights were written by hand, and I only choose between a few prepared answers. Your message was real work for the machine all the same. It was tokenized, evaluated by llama.cpp inside Switchyard and answered token by token, without any network.

Ask for \`help\` to see everything I can show, or add a real GGUF model on the Models page.`,
  hello: `Hello! I am the little model that comes with Switchyard. Nice to meet you. Type \`help\` and I will tell you what to try.`,
  about: `I am **demo**, a very small GGUF file with one layer and one purpose: proving that everything between your keyboard and the processor works. A script wrote me; nobody trained me. One set of attention heads looks for the newest word that I recognise, and that word picks my reply.

Never rely on what I say. For real answers, load a proper model or add a connection.`,
  help: `Here is what I can show:

- \`code\` gives a highlighted block
- \`table\` or \`list\` gives structured Markdown
- \`story\` gives a long reply, and \`endless\` one that you must stop
- \`poem\`, \`joke\` and \`count\` give short and regular texts
- \`why\` or \`think\` shows a reasoning segment before the answer
- \`weather\` calls your tool when the request brings one
- \`json\` shows an object, and a JSON schema is always obeyed
- \`dice\` depends on temperature and seed
- \`你好\` is answered in its own language

Anything else gets my standard answer.`,
  thanks: `You are welcome. Come back whenever something needs testing.`,
  chinese: `您好呀！我是 Switchyard 自带的演示模型。我的权重是手工写成的，并没有经过训练，所以不能当作真正的语言模型来用。不过这次对话确实在本机上运行，无需联网。想要可靠的回答，请添加一个真正的模型。`,
  code: `Here is a small example:

\`\`\`typescript
export function greet(name: string): string {
  const words = ['Hello', name].filter(Boolean)
  return \`\${words.join(', ')}!\`
}

console.log(greet('Switchyard'))
\`\`\`

It joins both words and prints \`Hello, Switchyard!\` on your terminal.`,
  table: `First three points:

1. **Here** means this machine
2. **Near** means your private network
3. **Away** means the public internet

Then the same facts side by side:

| Place | Leaves home? | Typical cost |
| --- | --- | --- |
| Here | no | electricity |
| Near | hardly | shared hardware |
| Away | yes | per million tokens |

Every answer in Switchyard carries its place.`,
  story: DEMO_STORY,
  poem: `Points click in the night,
one lamp finds its quiet track —
words arrive on time.`,
  joke: `What did the signal say to the impatient train? "Stop looking at me like that, I am changing!"`,
  json: `\`\`\`json
{
  "model": "demo",
  "trained": false,
  "heads": 5,
  "places": ["here", "near", "away"]
}
\`\`\`

With a schema in the request I fill exactly the fields it names.`,
  weather: `I would have to ask a weather tool for that, and this conversation offers none. Send one along with your request and I will call it.`,
}

/** The two halves of the `think` answer: inside the reasoning segment, and after it. */
export const DEMO_THOUGHT = {
  thought: `The question wants a cause. Let me be careful: a hand-made model has no beliefs, it can merely demonstrate where thoughts would appear. So showing this segment, then giving an honest conclusion, seems right.`,
  conclusion: `Because that is how I was built: your wording contained a trigger, which led me through a visible chain of thought first. A trained model would have weighed evidence there.`,
} as const

/** The answer after a tool's result has come back. */
export const DEMO_TOOL_ANSWER = `The tool replied, and its result is now part of our context. Turning such data into sentences takes a trained model; what you have just seen is that calling, waiting for and receiving results works from end to end.`

/** What follows raw text without a chat template (`/api/generate` with raw, `/v1/completions`). */
export const DEMO_RAW_CONTINUATION = ` ... and so it went on, said the demo, continuing plain text because no chat template surrounded it.`

/** What fills the gap of a fill-in-the-middle request. */
export const DEMO_INFILL = `  return left + right // filled in`

/** The repeated part of the `endless` answer; its first words follow its last. */
export const DEMO_REFRAIN = [
  'This goes round until you stop me:',
  ` Wagons roll past, wheels sing, rails hum, lanterns sway, signals blink, gates swing, clouds drift, birds settle, steam rises, gravel crunches, whistles answer, shadows lengthen, and around again.`,
] as const
