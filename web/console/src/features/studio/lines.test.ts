import { describe, expect, it } from 'vitest'
import { hunks, lineDiff } from './lines'

const short = (a: string, b: string) => lineDiff(a, b).map((l) => ({ same: ' ', out: '-', in: '+' })[l.kind] + l.text)

describe('the lines that changed', () => {
  it('are as few as can be, with their numbers in both texts', () => {
    expect(short('a\nb\nc\nd', 'a\nx\nc\nd\ne')).toEqual([' a', '-b', '+x', ' c', ' d', '+e'])
    expect(short('a', 'a')).toEqual([' a'])
    expect(short('a\nb\na\nb', 'b\na\nb\na')).toEqual(['-a', ' b', ' a', ' b', '+a'])
    expect(lineDiff('a\nb', 'b').map((l) => [l.a, l.b])).toEqual([[1, undefined], [2, 1]])
  })

  it('give back both texts, whatever they are', () => {
    let seed = 7
    const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n
    for (let round = 0; round < 200; round++) {
      const text = () => Array.from({ length: random(12) + 1 }, () => 'abc'[random(3)]).join('\n')
      const [a, b] = [text(), text()]
      const d = lineDiff(a, b)
      expect(d.filter((l) => l.kind !== 'in').map((l) => l.text).join('\n')).toBe(a)
      expect(d.filter((l) => l.kind !== 'out').map((l) => l.text).join('\n')).toBe(b)
    }
  })

  it('are shown with their neighbours, and what lies between is left out', () => {
    const a = Array.from({ length: 20 }, (_, i) => String(i)).join('\n')
    const h = hunks(lineDiff(a, a.replace('\n10\n', '\nten\n')), 1)
    expect(h.map((l) => l && l.text)).toEqual([null, '9', '10', 'ten', '11', null])
    expect(hunks(lineDiff(a, a))).toEqual([null])
  })
})
