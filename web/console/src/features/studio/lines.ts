// What changed between two texts, line by line.
export interface Line {
  kind: 'same' | 'out' | 'in'
  text: string
  a?: number // line number in the first text, from 1
  b?: number
}

/** The shortest way from one text to the other (longest common subsequence of lines); past a bound the whole middle is replaced. */
export function lineDiff(before: string, after: string): Line[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const out: Line[] = []
  for (let i = 0; i < head; i++) out.push({ kind: 'same', text: a[i]!, a: i + 1, b: i + 1 })
  out.push(...middle(a, b, head, a.length - tail, b.length - tail))
  for (let i = tail; i > 0; i--) out.push({ kind: 'same', text: a[a.length - i]!, a: a.length - i + 1, b: b.length - i + 1 })
  return out
}

function middle(a: string[], b: string[], from: number, aEnd: number, bEnd: number): Line[] {
  const n = aEnd - from
  const m = bEnd - from
  const gone = (i: number): Line => ({ kind: 'out', text: a[i]!, a: i + 1 })
  const come = (j: number): Line => ({ kind: 'in', text: b[j]!, b: j + 1 })
  const most = 4_000_000
  const out: Line[] = []
  if (n * m > most) {
    for (let i = from; i < aEnd; i++) out.push(gone(i))
    for (let j = from; j < bEnd; j++) out.push(come(j))
    return out
  }
  const w = m + 1
  const common = new Uint32Array((n + 1) * w) // of what is left from (i, j) on
  for (let i = n - 1; i >= 0; i--) for (let j = m - 1; j >= 0; j--) common[i * w + j] = a[from + i] === b[from + j] ? common[(i + 1) * w + j + 1]! + 1 : Math.max(common[(i + 1) * w + j]!, common[i * w + j + 1]!)
  let i = 0
  let j = 0
  while (i < n || j < m) {
    if (i < n && j < m && a[from + i] === b[from + j]) {
      out.push({ kind: 'same', text: a[from + i]!, a: from + i + 1, b: from + j + 1 })
      i++
      j++
    } else if (j >= m || (i < n && common[(i + 1) * w + j]! >= common[i * w + j + 1]!)) out.push(gone(from + i++))
    else out.push(come(from + j++))
  }
  return out
}

/** The changed lines with a few of their neighbours; null stands for lines that are left out. */
export function hunks(lines: Line[], around = 3): (Line | null)[] {
  const keep = lines.map((_, i) => lines.slice(Math.max(0, i - around), i + around + 1).some((l) => l.kind !== 'same'))
  return lines.flatMap((l, i) => (keep[i] ? [l] : keep[i - 1] || i === 0 ? [null] : []))
}
