import type { ReactNode } from 'react'

/** The Markdown that policy pages are made of: headings, lists, paragraphs, bold. Nothing in it is taken for HTML. */
export function Markdown({ text }: { text: string }) {
  const out: ReactNode[] = []
  let items: ReactNode[] = []
  const flush = () => {
    if (items.length) out.push(<ul key={out.length}>{items}</ul>)
    items = []
  }
  for (const line of text.split('\n')) {
    const heading = /^(#{1,4}) (.*)/.exec(line)
    const item = /^\s*[-*] (.*)/.exec(line)
    if (item) items.push(<li key={items.length}>{inline(item[1]!)}</li>)
    else {
      flush()
      if (heading) {
        const H = `h${Math.min(heading[1]!.length + 1, 5)}` as 'h2'
        out.push(<H key={out.length}>{inline(heading[2]!)}</H>)
      } else if (line.trim()) out.push(<p key={out.length}>{inline(line)}</p>)
    }
  }
  flush()
  return out
}

const inline = (text: string) => text.split(/\*\*(.+?)\*\*/g).map((part, i) => (i % 2 ? <b key={i}>{part}</b> : part))
