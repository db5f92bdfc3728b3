const APP = 'app://bundle'
/** Where the page really runs: Chromium alone knows no app scheme, and a secure origin needs https. */
export const PAGE_ORIGIN = 'https://bundle.app-double'

/** An address as the application knows it, for the page. */
export function toPage(url: string): string {
  return url.startsWith(`${APP}/`) || url === APP ? PAGE_ORIGIN + url.slice(APP.length) : url
}

/** An address or origin of the page, for the application. */
export function toApp(url: string): string {
  return url === PAGE_ORIGIN || url.startsWith(`${PAGE_ORIGIN}/`) ? APP + url.slice(PAGE_ORIGIN.length) : url
}
