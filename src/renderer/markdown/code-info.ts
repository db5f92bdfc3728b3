/** What a fence's first line says: the language, and the name to show above the code. */
export function readCodeInfo(info: string): { language: string; title: string } {
  const language = /^[\w+#.-]*/.exec(info)?.[0] ?? ''
  const quoted = /(?:title|filename|file)=["']?([^"'\s]+)/i.exec(info)?.[1]
  const words = info.slice(language.length).trim().split(/\s+/)
  const file = quoted ?? words.find((word) => /^[\w./-]+\.\w{1,8}$/.test(word)) ?? fromColon(info)
  return { language, title: file ?? language }
}

/** `ts:src/a.ts`, as some models write it. */
function fromColon(info: string): string | undefined {
  return /^\w+:([\w./-]+\.\w{1,8})/.exec(info)?.[1]
}
