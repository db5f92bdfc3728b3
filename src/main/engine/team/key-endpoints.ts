import { type Environment, switchOf, textOf } from './environment-texts.ts'

/**
 * The paths that API keys may be used for, each with what is below it; null for all. With
 * ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS, those of API_KEYS_ALLOWED_ENDPOINTS and no others.
 */
export function keyEndpoints(environment: Environment): readonly string[] | null {
  if (switchOf(environment, 'ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS') !== true) return null
  const paths = (textOf(environment, 'API_KEYS_ALLOWED_ENDPOINTS') ?? '').split(',').map((path) => path.trim())
  return paths.flatMap((path) => (path === '' ? [] : path.replace(/\/+$/, '')))
}
