import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FactDef } from '../../api/types'
import { setZone } from '../../kit/format'
import type { Words } from '../../parts/words'
import { blank, factsOf, forget, fromHash, now, readingsOf, toHash, typed } from '../../parts/trial'
import { casesOf } from './golden'
import { readYaml } from './yaml'

const defs: Record<string, Partial<FactDef>> = {
  'line.signed_on': { type: 'date', stage: 'order' },
  'line.goods_amount': { type: 'money', stage: 'order' },
  'goods.worn': { type: 'bool', stage: 'inspection' },
  'goods.opened_at': { type: 'instant', stage: 'application' },
}
const words = { def: (f: string) => defs[f] } as Words

describe('the YAML of golden cases', () => {
  it('reads blocks, braces over several lines, quotes, comments and nothing', () => {
    const y = readYaml(`# head
a: 1
b: {c: "x: y", d: [1, 2],   # a remark
    e: 'it''s'}
list:
- one
- k: v
  m: ~
-
  deep:
    - {z: 0.00}
empty:
last: a # b
`)
    expect(y).toEqual({ a: '1', b: { c: 'x: y', d: ['1', '2'], e: "it's" }, list: ['one', { k: 'v', m: null }, { deep: [{ z: '0.00' }] }], empty: null, last: 'a' })
  })

  it('says where it cannot go on', () => {
    expect(() => readYaml('a: {b: 1\nc: 2')).toThrow(/line/)
    expect(() => readYaml('a: 1\n???')).toThrow(/line 2/)
  })

  // The packs that ship are the examples one begins with: none of their cases may be lost on the way.
  it('reads every golden case that ships', () => {
    const root = '../../policies'
    let files = 0
    for (const pack of readdirSync(root, { withFileTypes: true })) {
      if (!pack.isDirectory()) continue
      for (const name of readdirSync(`${root}/${pack.name}/cases`)) {
        files++
        const text = readFileSync(`${root}/${pack.name}/cases/${name}`, 'utf8')
        const cases = casesOf(text)
        expect(cases.length, `${pack.name}/${name}`).toBe((text.match(/^\s*- case:/gm) ?? []).length)
        for (const c of cases) expect(c.trial.stage, c.name).toMatch(/^(order|application|evidence|receipt|inspection|appraisal|after)$/)
      }
    }
    expect(files).toBeGreaterThan(20)
  })

  it('keeps what SH-03 declares apart from what is known', () => {
    const sh03 = casesOf(readFileSync('../../policies/shoes/cases/quality.yaml', 'utf8')).find((c) => c.name.includes('SH-03'))
    expect(sh03?.trial).toMatchObject({ ground: 'quality', remedy: 'refund_return', stage: 'application', at: '2026-11-19' })
    expect(sh03?.trial.facts['line.signed_on']).toEqual({ '': '2026-11-15' })
    expect(sh03?.trial.facts['goods.worn']).toEqual({ application: 'true' })
  })
})

describe('a matter that is tried', () => {
  it('comes back from the address as it was', () => {
    const t = { ...blank, draft: '42', ground: 'quality', remedy: 'refund_return', stage: 'evidence', on: '2026-11-10', facts: { 'line.goods_amount': { '': '199.00' }, 'goods.worn': { application: 'true', '': 'false' } } }
    expect(fromHash('#' + toHash(t))).toEqual(t)
    expect(fromHash('')).toEqual(blank)
    expect(fromHash('stage=nonsense&x=1&__proto__.polluted=1').facts).toEqual({})
  })

  it('is declared before the stage of a fact and established from it on; the latest counts', () => {
    let t = typed({ ...blank }, words, 'goods.worn', 'true')
    expect(t.facts['goods.worn']).toEqual({ application: 'true' })
    t = typed({ ...t, stage: 'inspection' }, words, 'goods.worn', 'false')
    expect(now(t, words, 'goods.worn')).toEqual({ stage: '', text: 'false' })
    expect(factsOf(t, words, 'CNY')).toEqual({ 'goods.worn': { application: true, inspection: false } })
    // Back at the application the inspection has not been yet.
    expect(factsOf({ ...t, stage: 'application' }, words, 'CNY')).toEqual({ 'goods.worn': { application: true } })
    expect(forget(t, 'goods.worn').facts).toEqual({})
  })

  it('takes stored facts in minor units and instants, and sends the same again', () => {
    setZone('Asia/Shanghai')
    const stored = { 'line.goods_amount': { order: 19900 }, 'line.signed_on': { order: '2026-11-15' }, 'goods.worn': { application: true }, 'goods.opened_at': { application: '2026-11-16T01:30:00.000Z' } }
    const t = { ...blank, facts: readingsOf(stored, words, 'CNY') }
    expect(t.facts['line.goods_amount']).toEqual({ '': '199.00' })
    expect(t.facts['goods.opened_at']).toEqual({ '': '2026-11-16T09:30' })
    expect(factsOf(t, words, 'CNY')).toEqual(stored)
  })
})
