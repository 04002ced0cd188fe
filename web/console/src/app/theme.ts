import { theme, type ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'

export type Mode = 'light' | 'dark' | 'system'

const system = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

export const mode = (): Mode => (localStorage.getItem('sanbao.theme') as Mode) ?? 'system'
const isDark = () => (mode() === 'system' ? system.matches : mode() === 'dark')

function apply() {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  for (const l of listeners) l()
}
system.addEventListener('change', apply)
apply()

export function setMode(m: Mode) {
  localStorage.setItem('sanbao.theme', m)
  apply()
}

/** Whether the page is dark; re-renders when that changes. */
export const useTheme = () =>
  useSyncExternalStore((l) => {
    listeners.add(l)
    return () => listeners.delete(l)
  }, isDark)

const font = '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Helvetica Neue", Arial, sans-serif'

export const antdTheme = (dark: boolean): ThemeConfig => ({
  algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
  token: { colorPrimary: dark ? '#4fae92' : '#1b6b57', borderRadius: 6, fontFamily: font, fontSize: 14, motion: false, colorBgContainer: dark ? '#1b1f1d' : '#ffffff', colorBgElevated: dark ? '#222725' : '#ffffff' },
})
