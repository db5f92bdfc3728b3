/**
 * The same function with its answers kept, for questions that come with every request and are few. Beyond `most` of them
 * remembering starts again, so that nobody can fill the memory with new ones.
 */
export function remembered<Answer>(most: number, find: (question: string) => Answer): (question: string) => Answer {
  const known = new Map<string, Answer>()
  return (question) => {
    const before = known.get(question)
    if (before !== undefined) return before
    const answer = find(question)
    if (known.size >= most) known.clear()
    known.set(question, answer)
    return answer
  }
}
