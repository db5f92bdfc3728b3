import { useTranslation } from 'react-i18next'

/** Numbers, sizes, durations and dates in the person's language. */
export interface Formatter {
  /** 12,345 */
  number(value: number, digits?: number): string
  /** Bytes in decimal units as disks are sold: 5.0 GB, 684 kB. */
  bytes(value: number): string
  /** Memory in binary units under the names people use: 8.0 GB VRAM. */
  memory(value: number): string
  /** ms as 0.21 s, 1.4 s, 2 min 5 s. */
  duration(ms: number): string
  /** A count of seconds as a person sets it: 10 min, 2 h. */
  seconds(value: number): string
  /** 128k, 1.2M for token counts. */
  compact(value: number): string
  /** 14:32 */
  time(epochMs: number): string
  /** 9 Nov, or 9 Nov 2025 in another year. */
  day(epochMs: number, now?: number): string
  /** just now, 2 h ago, yesterday, 9 Nov */
  ago(epochMs: number, now?: number): string
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Formatter for a language; Chinese and English units are the same Latin letters. */
export function createFormatter(language: string): Formatter {
  const plain = new Intl.NumberFormat(language)
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const english = language.startsWith('en')
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  // English has no short form between `2h ago` and `2 hours ago`; units are written as everywhere else in the window.
  const passed = (value: number, unit: 'second' | 'minute' | 'hour', short: string): string =>
    english && value > 0 ? `${value} ${short} ago` : relative.format(-value, unit)
  const byDigits = new Map<number, Intl.NumberFormat>()
  function fixed(value: number, digits: number): string {
    let format = byDigits.get(digits)
    if (format === undefined) {
      format = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
      byDigits.set(digits, format)
    }
    return format.format(value)
  }

  function size(value: number, step: number): string {
    let unit = 0
    let scaled = Math.max(0, value)
    while (unit < UNITS.length - 1 && scaled >= step * 0.9995) {
      scaled /= step
      unit += 1
    }
    const digits = unit >= 3 ? 1 : unit === 2 && scaled < 10 ? 1 : 0
    return `${fixed(scaled, digits)} ${UNITS[unit] ?? 'B'}`
  }

  function unit(value: number, name: string): string {
    return new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  }

  const formatter: Formatter = {
    number: (value, digits) => (digits === undefined ? plain.format(value) : fixed(value, digits)),
    bytes: (value) => size(value, 1000),
    memory: (value) => size(value, 1024).replace(/^(\d{2,})[.,]0 /, '$1 '),
    duration(ms) {
      if (ms < 10_000) return `${fixed(ms / 1000, ms < 1000 ? 2 : 1)} s`
      const total = Math.round(ms / 1000)
      if (total < 60) return `${plain.format(total)} s`
      const rest = total % 60
      return rest === 0 ? `${plain.format(Math.floor(total / 60))} min` : `${Math.floor(total / 60)} min ${rest} s`
    },
    seconds(value) {
      if (value < 60) return unit(value, 'second')
      if (value < 3600) return unit(Math.round(value / 6) / 10, 'minute')
      if (value < 86_400) return unit(Math.round(value / 360) / 10, 'hour')
      return unit(Math.round(value / 8640) / 10, 'day')
    },
    compact(value) {
      if (value < 1000) return plain.format(value)
      // Context windows are powers of two: 8192 reads as 8k. Round thousands (128,000) are what they say.
      const step = value % 1024 === 0 && value % 1000 !== 0 ? 1024 : 1000
      const thousands = value / step
      if (thousands < 1000) return `${fixed(thousands, thousands < 10 && !Number.isInteger(thousands) ? 1 : 0)}k`
      return `${fixed(thousands / step, 1)}M`
    },
    time: (epochMs) => clock.format(epochMs),
    day(epochMs, now = Date.now()) {
      const sameYear = new Date(epochMs).getFullYear() === new Date(now).getFullYear()
      return new Intl.DateTimeFormat(language, {
        day: 'numeric',
        month: 'short',
        ...(sameYear ? {} : { year: 'numeric' }),
      }).format(epochMs)
    },
    ago(epochMs, now = Date.now()) {
      const seconds = Math.max(0, Math.round((now - epochMs) / 1000))
      if (seconds < 60) return passed(seconds, 'second', 's')
      if (seconds < 3600) return passed(Math.floor(seconds / 60), 'minute', 'min')
      if (seconds < 86_400) return passed(Math.floor(seconds / 3600), 'hour', 'h')
      const days = Math.floor(seconds / 86_400)
      return days < 7 ? relative.format(-days, 'day') : formatter.day(epochMs, now)
    },
  }
  return formatter
}

/** The person's own variant of a language (`en-GB` for `en`), so that dates read as they are used to. */
export function regional(language: string, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language
}

const made = new Map<string, Formatter>()

/** The formatter of the language shown now, made once: rows ask for it by the hundred while scrolling. */
export function useFormat(): Formatter {
  const { i18n } = useTranslation()
  const language = regional(i18n.language, navigator.languages)
  const known = made.get(language)
  if (known !== undefined) return known
  const formatter = createFormatter(language)
  made.set(language, formatter)
  return formatter
}
