import { t } from '../i18n'
import { decimal, fromInput, minorOf, toInput } from '../kit/format'
import { Choice, SelectField, TextField } from '../kit/form'
import { pick, type Words } from './words'

/** What was typed about facts, as text; empty is not answered. */
export type Typed = Record<string, string>

interface Props {
  facts: string[]
  words: Words
  currency: string
  typed: Typed
  set: (patch: Typed) => void
  required?: boolean
  errors?: (fact: string) => string | undefined
  hints?: Record<string, string>
}

/** A form generated from fact definitions: yes or no, a choice, an amount, a date, a number, a text. */
export const FactFields = ({ facts, ...rest }: Props) => (
  <div className="facts">
    {facts.map((fact) => (
      <FactField key={fact} fact={fact} {...rest} />
    ))}
  </div>
)

export function FactField({ fact, words, currency, typed, set, required, errors, hints }: Omit<Props, 'facts'> & { fact: string }) {
  const def = words.def(fact)
  const value = typed[fact] ?? ''
  const common = {
    label: words.label(fact),
    help: [hints?.[fact], words.help(fact)].filter(Boolean).join(' · ') || undefined,
    error: errors?.(fact) ?? (value && def?.type === 'money' && minorOf(value, currency) === undefined ? t('form.amount') : undefined),
    required,
    value,
    set: (v: string) => set({ [fact]: v }),
  }
  switch (def?.type ?? 'bool') {
    case 'bool':
      return <Choice {...common} options={[{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]} />
    case 'enum':
      if (def?.values?.length) {
        const options = def.values.map((v) => ({ value: v.word, label: pick(v.label) }))
        return options.length <= 4 ? <Choice {...common} options={options} /> : <SelectField {...common} options={options} empty="" />
      }
      return <TextField {...common} max={200} />
    case 'money':
      return <TextField {...common} inputMode="decimal" max={14} suffix={<span className="muted">{currency}</span>} />
    case 'date':
      return <TextField {...common} type="date" />
    case 'instant':
      return <TextField {...common} type="datetime-local" />
    default:
      return <TextField {...common} inputMode="numeric" max={12} />
  }
}

/** The values to send for what was typed; what was not answered is left out. */
export function valuesOf(typed: Typed, words: Words, currency: string): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [fact, text] of Object.entries(typed)) {
    if (text === '') continue
    const type = words.def(fact)?.type ?? 'bool'
    if (type === 'bool') out[fact] = text === 'true'
    else if (type === 'money') out[fact] = minorOf(text, currency) ?? text
    else if (type === 'int') out[fact] = /^-?\d+$/.test(text) ? Number(text) : text
    else if (type === 'instant') out[fact] = fromInput(text)
    else out[fact] = text
  }
  return out
}

/** A stored value as it is typed. */
export function typedOf(value: unknown, type: string | undefined, currency: string): string {
  if (type === 'money' && typeof value === 'number') return decimal(value, currency)
  if (type === 'instant' && typeof value === 'string') return toInput(new Date(value))
  return value === undefined || value === null ? '' : String(value)
}
