/** A link's destination if it may be followed: absolute http, https or mailto. Anything else is null and stays text. */
export function safeLink(href: unknown): string | null {
  if (typeof href !== 'string' || href.length > 4096) return null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are how schemes are disguised
  if (/[\u0000-\u0020\u007f]/.test(href)) return null
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return null
  try {
    const url = new URL(href)
    return url.protocol === 'https:' || url.protocol === 'http:' || url.protocol === 'mailto:' ? url.href : null
  } catch {
    // Not a URL: shown as the text it is.
    return null
  }
}
