/** How people may come in, from the strictest on. */
export const SIGN_UP = ['closed', 'request', 'open'] as const
