import { useQueries, useQuery } from '@tanstack/react-query'
import type { Shop } from '../../api/session'
import { packs, policyFile, policyVersion } from '../../api/studio'
import { t } from '../../i18n'
import type { Trial } from '../../parts/trial'
import { casesOf, type Golden } from './golden'

/** Begins with one of the pack's golden cases. */
export function CasePicker({ shop, take }: { shop: Shop; take: (t: Trial) => void }) {
  const list = useQuery(packs(shop.id))
  const own = list.data?.findLast((p) => p.layer === 'shop')
  const version = own?.versions.find((v) => v.status === 'in_force') ?? own?.versions[0]
  const view = useQuery({ ...policyVersion(shop.id, own?.pack ?? '', version?.version ?? ''), enabled: !!version })
  const names = (view.data?.files ?? []).map((f) => f.name).filter((n) => n.startsWith('cases/'))
  const texts = useQueries({ queries: names.map((n) => policyFile(shop.id, own?.pack ?? '', version?.version ?? '', n)) })
  const files = names.map((name, i) => ({ name, cases: read(texts[i]?.data) })).filter((f) => f.cases.length > 0)
  if (files.length === 0) return null
  return (
    <select
      className="input small begin"
      aria-label={t('trial.begin')}
      value=""
      onChange={(e) => {
        const [f = 0, c = 0] = e.target.value.split('.').map(Number)
        const golden = files[f]?.cases[c]
        if (golden) take(golden.trial)
      }}
    >
      <option value="">{t('trial.begin')}</option>
      {files.map((f, i) => (
        <optgroup key={f.name} label={f.name}>
          {f.cases.map((c, j) => (
            <option key={j} value={`${i}.${j}`}>
              {c.name}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}

/** A file that cannot be read offers nothing to begin with; its faults are lint's to tell. */
function read(text: string | undefined): Golden[] {
  try {
    return text === undefined ? [] : casesOf(text)
  } catch {
    return []
  }
}
