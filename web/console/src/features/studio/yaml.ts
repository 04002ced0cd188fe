// Reads the YAML of golden cases: plain maps and lists, in blocks or in braces, as packs are written (docs/policy.md). No
// anchors, tags or texts over several lines. Scalars stay text, "199.00" and all; ~ is null.
export type Yaml = string | null | Yaml[] | { [key: string]: Yaml }

export function readYaml(src: string): Yaml {
  const r = new Reader(src)
  return r.block(0)
}

export const isMap = (y: Yaml | undefined): y is { [key: string]: Yaml } => typeof y === 'object' && y !== null && !Array.isArray(y)

class Reader {
  private i = 0
  constructor(private readonly src: string) {}

  private get column() {
    return this.i - this.src.lastIndexOf('\n', this.i - 1) - 1
  }
  private get done() {
    return this.i >= this.src.length
  }
  private fail(what: string): never {
    throw new Error(`line ${this.src.slice(0, this.i).split('\n').length}: ${what}`)
  }
  /** Spaces, line ends and comments. */
  private skip() {
    for (; !this.done; this.i++) {
      const c = this.src[this.i]!
      if (c === '#' && (this.i === 0 || /\s/.test(this.src[this.i - 1]!))) while (!this.done && this.src[this.i] !== '\n') this.i++
      else if (!/\s/.test(c)) return
    }
  }
  private get atItem() {
    return /^-(\s|$)/.test(this.src.slice(this.i, this.i + 2))
  }
  private get atKey() {
    return /^(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}[\],#&*!|>%@`][^\n]*?):(?:\s|$)/.test(this.src.slice(this.i, this.src.indexOf('\n', this.i) + 1 || undefined))
  }

  /** What begins at this column or further right. */
  block(least: number): Yaml {
    this.skip()
    const column = this.column
    if (this.done || column < least) return null
    if (this.atItem) return this.list(column)
    if (/[{[]/.test(this.src[this.i]!)) return this.flow()
    if (this.atKey) return this.map(column)
    return this.scalar(/\n/)
  }
  private list(column: number): Yaml[] {
    const out: Yaml[] = []
    for (this.skip(); !this.done && this.column === column && this.atItem; this.skip()) {
      this.i++
      out.push(this.block(column + 1))
    }
    return out
  }
  private map(column: number) {
    const out: { [key: string]: Yaml } = {}
    for (this.skip(); !this.done && this.column === column; this.skip()) {
      if (!this.atKey) this.fail('a key is missing')
      const key = this.key()
      const line = this.src.indexOf('\n', this.i)
      this.skip()
      const below = line >= 0 && this.i > line
      if (!below) out[key] = this.done ? null : /[{[]/.test(this.src[this.i]!) ? this.flow() : this.scalar(/\n/)
      else out[key] = !this.done && this.column === column && this.atItem ? this.list(column) : this.block(column + 1)
    }
    return out
  }
  private key() {
    const key = this.scalar(/:/) ?? '~'
    if (this.src[this.i] !== ':') this.fail('a colon is missing')
    this.i++
    return key
  }
  private flow(): Yaml {
    const open = this.src[this.i]
    if (open !== '{' && open !== '[') return this.scalar(/[,}\]\n]/)
    const list: Yaml[] = []
    const map: { [key: string]: Yaml } = {}
    this.i++
    for (;;) {
      this.skip()
      if (this.done) this.fail('a bracket is not closed')
      const c = this.src[this.i]
      if (c === ',') this.i++
      else if (c === '}' || c === ']') {
        this.i++
        return open === '{' ? map : list
      } else if (open === '[') list.push(this.flow())
      else {
        const key = this.key()
        this.skip()
        map[key] = this.flow()
      }
    }
  }
  private scalar(end: RegExp): string | null {
    const quote = this.src[this.i]
    if (quote === '"' || quote === "'") {
      let out = ''
      for (this.i++; ; this.i++) {
        if (this.done) this.fail('a quote is not closed')
        const c = this.src[this.i]!
        if (c === quote && !(quote === "'" && this.src[this.i + 1] === "'")) break
        if (quote === '"' && c === '\\') out += this.src[++this.i] === 'n' ? '\n' : this.src[this.i]
        else if (quote === "'" && c === "'") out += this.src[this.i++]
        else out += c
      }
      this.i++
      return out
    }
    const from = this.i
    while (!this.done && !end.test(this.src[this.i]!) && !(this.src[this.i] === '#' && /\s/.test(this.src[this.i - 1] ?? ''))) this.i++
    const text = this.src.slice(from, this.i).trim()
    return text === '~' || text === 'null' || text === '' ? null : text
  }
}
