import type { RemoteProviderKind } from '#shared/connections.ts'

const ENDPOINT = /\/(chat\/completions|completions|embeddings|responses|models|messages|messages\/count_tokens)$/

/** What to type instead of a well-formed address that hardly leads to such a server's API; null if it looks right. */
export function addressAdvice(provider: RemoteProviderKind, baseUrl: string): string | null {
  const url = new URL(baseUrl)
  const path = url.pathname.replace(/\/+$/, '')
  if (provider !== 'azure' && url.hostname.endsWith('.openai.azure.com')) {
    return 'This is an address of Azure. Choose the provider azure.'
  }
  if (provider === 'ollama') {
    const cut = path.replace(/\/(api|v1)(\/[\w/]*)?$/, '')
    return cut === path ? null : `Type ${url.origin}${cut}: Ollama's own paths are added with each request.`
  }
  if (ENDPOINT.test(path))
    return `Type ${url.origin}${path.replace(ENDPOINT, '')}: the rest is added with each request.`
  if (provider === 'openai' && url.hostname === 'api.anthropic.com') {
    return 'This is an address of Anthropic. Choose the provider anthropic.'
  }
  if (provider === 'openai' && path === '') {
    return `Type ${url.origin}/v1: that is where servers of this kind have their API.`
  }
  return null
}
