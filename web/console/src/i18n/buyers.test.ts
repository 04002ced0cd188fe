import { afterEach, expect, it } from 'vitest'
import { callThem, t, term } from '.'

afterEach(() => callThem('顾客'))

it('customers are called as the shop calls them, but for the choice itself', () => {
  expect(term('status', 'offered')).toBe('待顾客确认方案')
  callThem('买家')
  expect(term('status', 'offered')).toBe('待买家确认方案')
  expect(t('col.customer')).toBe('买家')
  expect(t('shop.customer')).toBe('顾客')
})
