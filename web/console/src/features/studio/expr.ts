// A condition in words: 「有穿着痕迹」：否. Of an expression that is more than comparisons joined by and, or and not the
// facts are named and the rest is left as it is written.
import { t, type Key } from '../../i18n'
import type { Words } from '../../parts/words'

/** A parameter as it reads: its value with its unit. */
export type Numbers = (name: string) => string | undefined

export function inWords(expr: string, words: Words, numbers: Numbers): string {
  const x = expr.trim()
  for (const [op, key] of [['||', 'expr.or'], ['&&', 'expr.and']] as const) {
    const parts = split(x, op)
    if (parts.length > 1) return parts.map((p) => inWords(p, words, numbers)).join(t(key))
  }
  if (x.startsWith('(') && closes(x)) return inWords(x.slice(1, -1), words, numbers)
  const not = /^!\s*([a-z][\w.]*)$/.exec(x)
  if (not && words.def(not[1]!)) return t('expr.is', { fact: words.label(not[1]!), value: t('no') })
  if (words.def(x)) return t('expr.is', { fact: words.label(x), value: t('yes') })
  const compare = /^([a-z][\w.]*)\s*(==|!=|<=|>=|<|>|in)\s*(.+)$/.exec(x)
  if (compare && words.def(compare[1]!)) {
    const [, fact = '', op = '', right = ''] = compare
    const value = operand(fact, right, words, numbers)
    if (value !== undefined) return op === '==' || op === 'in' ? t('expr.is', { fact: words.label(fact), value }) : t('expr.must', { fact: words.label(fact), must: t(must(op, words.def(fact)?.type), { value }) })
  }
  return x.replace(/\$[a-z]\w*|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+/g, (w) => (w.startsWith('$') ? (numbers(w.slice(1)) ?? w) : words.def(w) ? `「${words.label(w)}」` : w))
}

function must(op: string, type?: string): Key {
  const name = { '<=': 'at_most', '>=': 'at_least', '<': 'below', '>': 'above' }[op]
  return name === undefined ? 'must.not' : (`must.${name}${type === 'date' || type === 'instant' ? '_date' : ''}` as Key)
}

/** The right side of a comparison in words, undefined where it is more than a value, a list of values or a fact. */
function operand(fact: string, right: string, words: Words, numbers: Numbers): string | undefined {
  const x = right.trim()
  if (/^\[.*\]$/.test(x)) {
    const all = x.slice(1, -1).split(',').map((v) => operand(fact, v, words, numbers))
    return all.some((v) => v === undefined) ? undefined : all.join(' / ')
  }
  const quoted = /^(['"])(.*)\1$/.exec(x)
  if (quoted) return words.value(fact, quoted[2])
  if (/^\$\w+$/.test(x)) return numbers(x.slice(1)) ?? x
  const fen = /^fen\((\d+)\)$/.exec(x)
  if (fen) return words.value(fact, Number(fen[1]))
  if (/^(true|false|-?\d+)$/.test(x) || words.def(fact)?.values?.some((v) => v.word === x)) return words.value(fact, x)
  if (words.def(x)) return `「${words.label(x)}」`
  return undefined
}

/** Parts between an operator that stands outside of all brackets and quotes. */
function split(x: string, op: string): string[] {
  const out: string[] = []
  let depth = 0
  let quote = ''
  let from = 0
  for (let i = 0; i < x.length; i++) {
    const c = x[i]!
    if (quote) quote = c === quote ? '' : quote
    else if (c === "'" || c === '"') quote = c
    else if (c === '(' || c === '[') depth++
    else if (c === ')' || c === ']') depth--
    else if (depth === 0 && x.startsWith(op, i)) {
      out.push(x.slice(from, i))
      i += op.length - 1
      from = i + 1
    }
  }
  return [...out, x.slice(from)]
}

/** Whether the first bracket closes at the end. */
function closes(x: string): boolean {
  let depth = 0
  for (let i = 0; i < x.length; i++) {
    if (x[i] === '(') depth++
    else if (x[i] === ')' && --depth === 0) return i === x.length - 1
  }
  return false
}
