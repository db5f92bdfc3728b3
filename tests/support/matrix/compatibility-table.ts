export const FEATURES = [
  'text',
  'image',
  'tool call and result',
  'reasoning',
  'JSON schema',
  'embeddings',
  'upstream error',
  'cut-off stream',
] as const
export type Feature = (typeof FEATURES)[number]

/** One cell of the matrix. */
export interface Cell {
  client: string
  upstream: string
  feature: Feature
  stream: boolean
  outcome: 'passed' | 'failed' | 'skipped'
  reason: string | null
}

/** The matrix as docs/compatibility.md: one table per feature, and what is not possible with its reason. */
export function compatibilityTable(cells: Cell[], clients: readonly string[], upstreams: readonly string[]): string {
  const reasons: string[] = []
  const lines = [
    '# Which client can use which backend',
    '',
    'Written by `tests/integration/server/matrix.test.ts`, which asks the built server through the official `openai`,',
    '`ollama` and `@anthropic-ai/sdk` clients. The upstreams are scripted servers that answer in the true services’ shapes;',
    '`llama` is the real runtime with the demo model. `both` means whole and streamed answers.',
    '',
  ]
  for (const feature of FEATURES) {
    lines.push(
      `## ${feature}`,
      '',
      `| client | ${upstreams.join(' | ')} |`,
      `|---|${upstreams.map(() => '---|').join('')}`,
    )
    for (const client of clients) {
      const row = upstreams.map((upstream) => {
        const [whole, streamed] = [false, true].map((stream) =>
          cells.find(
            (cell) =>
              cell.client === client &&
              cell.upstream === upstream &&
              cell.feature === feature &&
              cell.stream === stream,
          ),
        )
        return wordFor(whole, streamed, reasons)
      })
      lines.push(`| ${client} | ${row.join(' | ')} |`)
    }
    lines.push('')
  }
  lines.push('## Why not', '', ...reasons.map((reason, index) => `${index + 1}. ${reason}`), '')
  return lines.join('\n')
}

function wordFor(whole: Cell | undefined, streamed: Cell | undefined, reasons: string[]): string {
  if (whole?.outcome === 'passed' && streamed?.outcome === 'passed') return 'both'
  const passed = whole?.outcome === 'passed' ? 'whole' : streamed?.outcome === 'passed' ? 'streamed' : 'no'
  const failed = [whole, streamed].some((cell) => cell === undefined || cell.outcome === 'failed')
  if (failed) return 'FAILED'
  const notes = [whole, streamed].flatMap((cell) => {
    if (cell?.reason == null) return []
    if (!reasons.includes(cell.reason)) reasons.push(cell.reason)
    return [reasons.indexOf(cell.reason) + 1]
  })
  return `${passed} (${[...new Set(notes)].join(', ')})`
}
