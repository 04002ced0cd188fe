import { describe, expect, it } from 'vitest'
import { decimal, fromInput, minorOf, money, setZone, toInput } from './format'

describe('amounts', () => {
  it('are read digit by digit, never by a float', () => {
    const cases: [string, string, number | undefined][] = [
      ['269', 'CNY', 26900],
      ['269.5', 'CNY', 26950],
      ['0.07', 'CNY', 7],
      ['1,299.00', 'CNY', 129900],
      ['¥ 12.30', 'CNY', 1230],
      ['1.115', 'CNY', undefined],
      ['-1', 'CNY', undefined],
      ['1e3', 'CNY', undefined],
      ['', 'CNY', undefined],
      ['500', 'JPY', 500],
      ['500.1', 'JPY', undefined],
      ['8.29', 'GBP', 829],
    ]
    for (const [text, currency, want] of cases) expect(minorOf(text, currency), `${text} ${currency}`).toBe(want)
  })

  it('come back as they were typed', () => {
    for (const minor of [0, 1, 7, 829, 26900, 1234567]) expect(minorOf(decimal(minor, 'CNY'), 'CNY')).toBe(minor)
  })

  it('are shown with the sign of their currency', () => expect(money(26900, 'CNY')).toBe('¥269.00'))
})

describe('times in inputs', () => {
  it('are the shop’s, wherever the browser stands', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/London', 'America/New_York']) {
      setZone(zone)
      for (const at of ['2026-11-21T01:30:00.000Z', '2026-07-01T23:05:00.000Z']) expect(fromInput(toInput(new Date(at)))).toBe(at)
    }
    setZone('Asia/Shanghai')
    expect(fromInput('2026-11-21T09:30')).toBe('2026-11-21T01:30:00.000Z')
  })
})
