import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api, ok } from '../api/client'
import type { Decision } from '../api/decision'
import type { Fault } from '../api/fault'
import type { Shop } from '../api/session'
import { t } from '../i18n'
import { toInput } from '../kit/format'
import { FaultNote } from '../kit/show'
import { blank, readingsOf, toHash } from './trial'
import type { Words } from './words'

/** 在试算中打开: the facts of the line's latest decision, to be changed at will where nothing is written. */
export function TryIt({ shop, line, currency, words, paid, draft }: { shop: Shop; line: string; currency: string; words: Words; paid?: string | null; draft?: string }) {
  const go = useNavigate()
  const open = useMutation<void, Fault>({
    mutationFn: async () => {
      const all = await ok(api.GET('/api/v1/shops/{shop}/lines/{id}/decisions', { params: { path: { shop: shop.id, id: line } } }))
      const last = all?.at(-1)
      if (!last) return
      const core = last.core as unknown as Decision
      const facts = last.facts as Record<string, Record<string, unknown>>
      const on = paid ? toInput(new Date(paid)).slice(0, 10) : String(Object.values(facts['order.paid_on'] ?? {}).at(-1) ?? '')
      const hash = toHash({ ...blank, on, draft: draft ?? '', ground: core.ground, remedy: core.remedy, stage: core.stage, facts: readingsOf(facts, words, currency) })
      await go({ to: '/s/$shop/studio/sandbox', params: { shop: shop.code }, hash })
    },
  })
  return (
    <>
      <button type="button" className="btn small" disabled={open.isPending} onClick={() => open.mutate()}>
        {t('case.try')}
      </button>
      {open.error && <FaultNote fault={open.error} compact />}
    </>
  )
}
