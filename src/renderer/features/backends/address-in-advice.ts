/** The address that an advice says to type, as in `Type http://192.168.1.100:11434 instead: …`; null if it names none. */
export function addressInAdvice(advice: string): string | null {
  const found = /\bType (https?:\/\/[^\s,;]+)/.exec(advice)?.[1]?.replace(/[.:]+$/, '')
  return found !== undefined && URL.canParse(found) ? found : null
}
