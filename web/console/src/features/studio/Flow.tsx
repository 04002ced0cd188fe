import { t } from '../../i18n'

interface Band {
  from: string
  to: string
  n: number
}

interface Props {
  bands: Band[]
  name: (code: string) => string
  label: string
}

const gap = 10
const width = 640
const side = 10

/** A flow from what was decided to what would be: bands as thick as their number of cases. A table beside it says the same. */
export function Flow({ bands, name, label }: Props) {
  const all = bands.reduce((n, b) => n + b.n, 0)
  if (all === 0) return null
  const left = stack(bands, all, (b) => b.from)
  const right = stack(bands, all, (b) => b.to)
  const at = { left: new Map<string, number>(), right: new Map<string, number>() }
  const take = (way: 'left' | 'right', code: string, size: number) => {
    const y = at[way].get(code) ?? (way === 'left' ? left : right).find((x) => x.code === code)!.y
    at[way].set(code, y + size)
    return y
  }
  const scale = scaleOf(bands, all)
  return (
    <figure className="flow">
      <svg viewBox={`0 0 ${width} ${heightOf(bands)}`} role="img" aria-label={label}>
        {bands.map((b) => {
          const h = b.n * scale
          const y0 = take('left', b.from, h)
          const y1 = take('right', b.to, h)
          const [x0, x1] = [150 + side, width - 150 - side]
          const mid = (x0 + x1) / 2
          return (
            <path key={b.from + b.to} className={`band ${b.to}`} d={`M${x0} ${y0}C${mid} ${y0} ${mid} ${y1} ${x1} ${y1}V${y1 + h}C${mid} ${y1 + h} ${mid} ${y0 + h} ${x0} ${y0 + h}Z`}>
              <title>{t('flow.band', { from: name(b.from), to: name(b.to), n: b.n })}</title>
            </path>
          )
        })}
        {left.map((x) => (
          <g key={x.code}>
            <rect className={`end-of ${x.code}`} x={150} y={x.y} width={side} height={Math.max(1, x.h)} />
            <text x={142} y={x.y + x.h / 2} textAnchor="end" dominantBaseline="middle">
              {name(x.code)} {x.n}
            </text>
          </g>
        ))}
        {right.map((x) => (
          <g key={x.code}>
            <rect className={`end-of ${x.code}`} x={width - 150 - side} y={x.y} width={side} height={Math.max(1, x.h)} />
            <text x={width - 142} y={x.y + x.h / 2} dominantBaseline="middle">
              {name(x.code)} {x.n}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  )
}

const most = (bands: Band[]) => Math.max(new Set(bands.map((b) => b.from)).size, new Set(bands.map((b) => b.to)).size)
/** Few ways need no tall picture. */
const heightOf = (bands: Band[]) => Math.min(280, 30 + 62 * most(bands))
const scaleOf = (bands: Band[], all: number) => (heightOf(bands) - gap * (most(bands) - 1) - 8) / all

function stack(bands: Band[], all: number, side: (b: Band) => string) {
  const scale = scaleOf(bands, all)
  let y = 4
  return [...new Set(bands.map(side))].map((code) => {
    const n = bands.filter((b) => side(b) === code).reduce((sum, b) => sum + b.n, 0)
    const out = { code, n, y, h: n * scale }
    y += out.h + gap
    return out
  })
}
