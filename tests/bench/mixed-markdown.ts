/** Mixed markdown of about `length` characters: prose, code, tables, the same every time. */
export function mixedMarkdown(length: number, seed = 1): string {
  const blocks = [
    (n: number) =>
      `## Part ${n}\n\nWrite-ahead logging keeps readers and **writers** apart; see \`PRAGMA wal_checkpoint\` (${n}).`,
    (n: number) =>
      `The ${n}th page goes to the log first, and only a checkpoint moves it back. Readers keep the snapshot that they began with, so nobody waits for anybody, until the log has grown too long to search quickly.`,
    (n: number) =>
      `\`\`\`ts\nexport function page${n}(input: string): number {\n  const size = input.length * ${n}\n  return size > 4096 ? 4096 : size // bytes\n}\n\`\`\``,
    (n: number) =>
      `| way | blocks | time |\n| --- | --- | ---: |\n| backup | no | ${n}.4 s |\n| copy | yes | 0.${n} s |`,
    (n: number) => `1. First of ${n}\n2. Second, with *emphasis*\n   - nested\n3. Third`,
  ]
  let text = ''
  for (let n = seed; text.length < length; n++) text += `${blocks[n % blocks.length]?.(n)}\n\n`
  return text.slice(0, length)
}
