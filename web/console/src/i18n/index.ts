// Three languages from two manuscripts: zh-CN and en are written, zh-TW is zh-CN through the word table of hant.ts, but
// for terms, which have their own zh-TW. A key is missing in no language: the types see to en, the table to zh-TW.
import i18next from 'i18next'
import { useSyncExternalStore } from 'react'
import table from './terms.json'
import { zhCN } from '../locales/zh-CN'

export type Lang = 'zh-CN' | 'zh-TW' | 'en'
export type Key = keyof typeof zhCN
export const languages: Lang[] = ['zh-CN', 'zh-TW', 'en']
export const languageNames: Record<Lang, string> = { 'zh-CN': '简体中文', 'zh-TW': '繁體中文', en: 'English' }

const i18n = i18next.createInstance()

void i18n.init({
  lng: 'zh-CN',
  fallbackLng: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { prefix: '{', suffix: '}', escapeValue: false },
  resources: { 'zh-CN': { translation: zhCN } },
  initAsync: false,
})

export const language = () => i18n.language as Lang

let hant: ((text: string) => string) | undefined

/** A text that was written in zh-CN, as the reader writes Chinese. */
export const inChinese = (text: string) => (language() === 'zh-TW' && hant ? hant(text) : text)

/** Turns to the language of a person's account, unless another was chosen in this browser. */
export async function ownLanguage(lang?: string) {
  if (languages.includes(lang as Lang) && !localStorage.getItem('sanbao.lang')) await setLanguage(lang as Lang, false)
}

/** Loads a language's texts and turns to it; what was chosen is remembered in this browser. */
export async function setLanguage(lang: Lang, chosen = true) {
  if (lang === 'en' && !i18n.hasResourceBundle('en', 'translation')) {
    i18n.addResourceBundle('en', 'translation', (await import('../locales/en')).en)
  }
  if (lang === 'zh-TW' && !i18n.hasResourceBundle('zh-TW', 'translation')) {
    const { toHant } = await import('./hant')
    hant = toHant
    i18n.addResourceBundle('zh-TW', 'translation', Object.fromEntries(Object.entries(zhCN).map(([k, v]) => [k, toHant(v)])))
  }
  if (chosen) localStorage.setItem('sanbao.lang', lang)
  document.documentElement.lang = lang
  await i18n.changeLanguage(lang)
}

/** The language somebody chose here before, or the browser's. */
export function firstLanguage(): Lang {
  const chosen = localStorage.getItem('sanbao.lang')
  if (languages.includes(chosen as Lang)) return chosen as Lang
  for (const l of navigator.languages ?? []) {
    if (/^zh-(TW|HK|MO|Hant)/i.test(l)) return 'zh-TW'
    if (/^zh/i.test(l)) return 'zh-CN'
    if (/^en/i.test(l)) return 'en'
  }
  return 'zh-CN'
}

export type Args = Record<string, string | number>

// People are 顾客 in shops and 买家 in marketplace shops: the shop says which.
let buyers = false
export const callThem = (word: '顾客' | '买家') => (buyers = word === '买家')
const called = (text: string) => (buyers ? text.replaceAll('顾客', '买家').replaceAll('顧客', '買家') : text)

export function t(key: Key, args?: Args): string {
  const text = i18n.t(key, args as never) as unknown as string
  return key.startsWith('shop.') ? text : called(text)
}

// Written by make gen from internal/term, the one table of words.
const terms: Record<string, string[] | undefined> = table
const column: Record<Lang, 0 | 1 | 2> = { 'zh-CN': 0, 'zh-TW': 1, en: 2 }

/** The word for a code, by its table of terms: term('status', 'requested'). A code without a word shows as itself. */
export function term(group: string, code: string): string {
  const word = terms[`${group}.${code}`]?.[column[language()]]
  return word === undefined ? code : called(word)
}

export const hasTerm = (group: string, code: string) => `${group}.${code}` in terms


/** Re-renders with the language. */
export function useLang(): Lang {
  return useSyncExternalStore((l) => {
    i18n.on('languageChanged', l)
    return () => i18n.off('languageChanged', l)
  }, language)
}
