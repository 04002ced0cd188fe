import { describe, expect, it } from 'vitest'
import type { FactDef } from '../../api/types'
import { wordsOf } from '../../parts/words'
import { inWords } from './expr'

const two = (s: string) => ({ 'zh-CN': s, en: s })
const fact = (name: string, type: FactDef['type'], label: string, more: object = {}) => ({ name, type, label: two(label), stage: 'application', ask: [], sensitive: false, evidenced: false, ...more }) as FactDef
const words = wordsOf(
  [
    fact('goods.worn', 'bool', '有穿着痕迹'),
    fact('goods.gift_missing', 'bool', '赠品未退'),
    fact('line.gift_value', 'money', '赠品标价'),
    fact('order.delivery', 'enum', '发货进度', { values: [{ word: 'delivered', label: two('已签收') }, { word: 'unshipped', label: two('未发货') }] }),
    fact('order.paid_on', 'date', '付款日期'),
    fact('campaign.from', 'date', '活动开始'),
    fact('repair.cost', 'money', '维修费'),
  ],
  undefined,
  () => undefined,
  'CNY',
)
const says = (x: string) => inWords(x, words, (p) => (p === 'repair_limit' ? '15.00 元' : undefined))

describe('a condition in words', () => {
  it.each([
    ['!goods.worn', '「有穿着痕迹」：否'],
    ['goods.worn', '「有穿着痕迹」：是'],
    ["order.delivery == 'delivered'", '「发货进度」：已签收'],
    ["order.delivery != 'unshipped'", '「发货进度」不是“未发货”'],
    ["order.delivery in ['delivered', 'unshipped']", '「发货进度」：已签收 / 未发货'],
    ['order.delivery in [delivered, unshipped]', '「发货进度」：已签收 / 未发货'],
    ['repair.cost <= $repair_limit', '「维修费」不超过 15.00 元'],
    ['order.paid_on >= campaign.from', '「付款日期」不早于 「活动开始」'],
    ['!goods.gift_missing || line.gift_value == fen(0)', '「赠品未退」：否，或者「赠品标价」：¥0.00'],
    ['(goods.worn && !goods.gift_missing)', '「有穿着痕迹」：是，并且「赠品未退」：否'],
    // More than that: the facts are named, nothing is guessed.
    ['goods.worn ? line.gift_value : fen(0)', '「有穿着痕迹」 ? 「赠品标价」 : fen(0)'],
    ['repair.cost + line.gift_value <= $nobody', '「维修费」 + 「赠品标价」 <= $nobody'],
  ])('%s', (expr, want) => expect(says(expr)).toBe(want))
})
