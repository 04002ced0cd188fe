import { useId, type ReactNode } from 'react'
import { t } from '../i18n'

interface FieldProps {
  label: string
  help?: string
  error?: string
  required?: boolean
  wide?: boolean
}

/** A labelled input with its help and its fault, tied together for screen readers. */
export function Field({ label, help, error, required, wide, children }: FieldProps & { children: (p: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean; 'aria-required'?: boolean }) => ReactNode }) {
  const id = useId()
  const about = error || help ? id + '-about' : undefined
  return (
    <div className={`field ${wide ? 'wide' : ''} ${error ? 'wrong' : ''}`}>
      <label htmlFor={id}>
        {label}
        {!required && <span className="optional">{t('optional')}</span>}
      </label>
      {children({ id, 'aria-describedby': about, 'aria-invalid': error ? true : undefined, 'aria-required': required || undefined })}
      {about && (
        <div id={about} className={error ? 'error' : 'help'}>
          {error || help}
        </div>
      )}
    </div>
  )
}

type TextProps = FieldProps & { value: string; set: (v: string) => void; placeholder?: string; max?: number; autoFocus?: boolean; type?: string; inputMode?: 'decimal' | 'numeric' | 'tel' | 'text'; autoComplete?: string; mono?: boolean; suffix?: ReactNode }

export const TextField = ({ value, set, placeholder, max, autoFocus, type = 'text', inputMode, autoComplete = 'off', mono, suffix, ...field }: TextProps) => (
  <Field {...field}>
    {(p) => (
      <div className="input-row">
        <input {...p} className={`input ${mono ? 'mono' : ''}`} type={type} inputMode={inputMode} value={value} onChange={(e) => set(e.target.value)} placeholder={placeholder} maxLength={max} autoFocus={autoFocus} autoComplete={autoComplete} />
        {suffix}
      </div>
    )}
  </Field>
)

export const AreaField = ({ value, set, placeholder, max, autoFocus, rows = 3, ...field }: FieldProps & { value: string; set: (v: string) => void; placeholder?: string; max?: number; autoFocus?: boolean; rows?: number }) => (
  <Field {...field}>{(p) => <textarea {...p} className="input" rows={rows} value={value} onChange={(e) => set(e.target.value)} placeholder={placeholder} maxLength={max} autoFocus={autoFocus} />}</Field>
)

export interface Option {
  value: string
  label: string
}

export const SelectField = ({ value, set, options, empty, autoFocus, ...field }: FieldProps & { value: string; set: (v: string) => void; options: Option[]; empty?: string; autoFocus?: boolean }) => (
  <Field {...field}>
    {(p) => (
      <select {...p} className="input" value={value} onChange={(e) => set(e.target.value)} autoFocus={autoFocus}>
        {empty !== undefined && <option value="">{empty}</option>}
        {options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    )}
  </Field>
)

/** A few choices side by side, one key away: arrow keys move between them. Choosing the chosen one again lets it go. */
export function Choice({ label, help, error, required, value, set, options, autoFocus }: FieldProps & { value: string; set: (v: string) => void; options: Option[]; autoFocus?: boolean }) {
  const id = useId()
  return (
    <fieldset className={`field choice ${error ? 'wrong' : ''}`} aria-describedby={help || error ? id + '-about' : undefined}>
      <legend>
        {label}
        {!required && <span className="optional">{t('optional')}</span>}
      </legend>
      <div className="choices">
        {options.map((o, i) => (
          <label key={o.value} className={value === o.value ? 'on' : ''}>
            <input type="radio" name={id} value={o.value} checked={value === o.value} autoFocus={autoFocus && (value === o.value || (value === '' && i === 0))} onChange={() => set(o.value)} onClick={() => !required && value === o.value && set('')} />
            {o.label}
          </label>
        ))}
      </div>
      {(help || error) && (
        <div id={id + '-about'} className={error ? 'error' : 'help'}>
          {error || help}
        </div>
      )}
    </fieldset>
  )
}
