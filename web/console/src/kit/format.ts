import { language, t } from '../i18n'

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()
function once<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  let f = cache.get(key) as T | undefined
  if (!f) cache.set(key, (f = make()))
  return f
}

const numbers = (currency: string) => once(`n ${language()} ${currency}`, () => new Intl.NumberFormat(language(), { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }))

/** How many digits of a currency stand behind the point: 2 for CNY, 0 for JPY. */
export const digits = (currency: string) => numbers(currency).resolvedOptions().maximumFractionDigits ?? 2

/** Whole minor units as people read them: 26900 is ¥269.00. */
export const money = (minor: number, currency: string) => numbers(currency).format(minor / 10 ** digits(currency))

/** Minor units of what somebody typed, undefined for what is no amount. Reads digits, never a float's product. */
export function minorOf(text: string, currency: string): number | undefined {
  const m = /^\s*(\d{1,12})(?:[.。](\d*))?\s*$/.exec(text.replace(/[,，¥￥]/g, ''))
  const n = digits(currency)
  if (!m || (m[2] ?? '').length > n) return undefined
  return Number(m[1] + (m[2] ?? '').padEnd(n, '0'))
}

export const decimal = (minor: number, currency: string) => (minor / 10 ** digits(currency)).toFixed(digits(currency))

/** Things one after the other, and a remark behind one, as the language writes them. */
export const list = (xs: string[]) => xs.join(language() === 'en' ? ', ' : '、')
export const aside = (x: string) => (language() === 'en' ? ` (${x})` : `（${x}）`)

let zone = 'Asia/Shanghai'
export const setZone = (z: string) => (zone = z || 'Asia/Shanghai')

const dates = (style: string, o: Intl.DateTimeFormatOptions) => once(`d ${language()} ${zone} ${style}`, () => new Intl.DateTimeFormat(language(), { timeZone: zone, hour12: false, ...o }))

/** An instant by the shop's clock: today only the time, this year without the year. */
export function when(at: string | null | undefined, now = Date.now()): string {
  if (!at) return ''
  const d = new Date(at)
  const day = dates('day', { year: 'numeric', month: '2-digit', day: '2-digit' })
  if (day.format(d) === day.format(now)) return dates('time', { hour: '2-digit', minute: '2-digit' }).format(d)
  if (dates('y', { year: 'numeric' }).format(d) === dates('y', { year: 'numeric' }).format(now)) {
    return dates('short', { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).format(d)
  }
  return day.format(d)
}

export const fullTime = (at: string) => dates('full', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(at))

/** A date (YYYY-MM-DD, no time zone) without the year where it is this year's. */
export function day(date: string | undefined): string {
  if (!date) return ''
  const d = new Date(date + 'T00:00:00Z')
  const thisYear = String(new Date().getFullYear()) === date.slice(0, 4)
  return once(`u ${language()} ${thisYear}`, () => new Intl.DateTimeFormat(language(), { timeZone: 'UTC', year: thisYear ? undefined : 'numeric', month: language() === 'en' ? 'short' : 'long', day: 'numeric' })).format(d)
}

/** Time left or over, in the largest unit that says something. */
export function left(at: string, now = Date.now()): { over: boolean; text: string; minutes: number } {
  const minutes = Math.round((new Date(at).getTime() - now) / 60000)
  const n = Math.abs(minutes)
  const text = n < 60 ? t('time.minutes', { n }) : n < 48 * 60 ? t('time.hours', { n: Math.round(n / 60) }) : t('time.days', { n: Math.round(n / 1440) })
  return { over: minutes < 0, text, minutes }
}

/** yyyy-mm-ddThh:mm of the shop's clock, for an input, and back. */
export function toInput(at: Date): string {
  const p = Object.fromEntries(dates('parts', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(at).map((x) => [x.type, x.value]))
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`
}
export function fromInput(text: string): string {
  const guess = new Date(text + 'Z')
  const shown = new Date(toInput(guess) + 'Z')
  return new Date(guess.getTime() - (shown.getTime() - guess.getTime())).toISOString()
}
