// zh-TW from zh-CN by the table that the server uses too: whole texts, words (the longest first), single characters.
import table from '../../../../errs/zh-tw.txt?raw'

const whole = new Map<string, string>()
const words = new Map<string, string>()
const characters = new Map<string, string>()

let part = ''
for (const line of table.split('\n')) {
  if (line === '' || line.startsWith('#')) continue
  if (line.startsWith('[')) part = line
  else if (part === '[characters]') {
    for (const pair of line.split(/\s+/)) {
      const [from, to] = [...pair]
      if (from && to) characters.set(from, to)
    }
  } else {
    const [from, to] = line.split('\t')
    if (from && to !== undefined) (part === '[whole]' ? whole : words).set(from, to)
  }
}
const longest = [...words.keys()].reduce((n, w) => Math.max(n, w.length), 0)

export function toHant(text: string): string {
  const fixed = whole.get(text)
  if (fixed !== undefined) return fixed
  let out = ''
  for (let i = 0; i < text.length; ) {
    let n = Math.min(longest, text.length - i)
    while (n > 0 && !words.has(text.slice(i, i + n))) n--
    if (n > 0) {
      out += words.get(text.slice(i, i + n))
      i += n
    } else {
      const c = String.fromCodePoint(text.codePointAt(i)!)
      out += characters.get(c) ?? c
      i += c.length
    }
  }
  return out
}
