import { useState } from 'react'
import type { Decision } from '../../api/decision'
import type { Shop } from '../../api/session'
import { t, term } from '../../i18n'
import { toClipboard } from '../../kit/clipboard'
import { useShortcuts, Keys } from '../../kit/keys'
import { toHash, type Trial } from '../../parts/trial'
import type { Words } from '../../parts/words'
import { goldenCase } from './golden'

/** Takes a trial along: its address, or the golden case it would be. */
export function Share({ shop, trial, decision, words, today }: { shop: Shop; trial: Trial; decision: Decision; words: Words; today: string }) {
  const [done, setDone] = useState<{ what: string; text?: string }>()
  const put = async (what: string, text: string) => {
    setDone((await toClipboard(text)) ? { what } : { what: t('copy.by_hand'), text })
    window.setTimeout(() => setDone(undefined), 6000)
  }
  const link = () => void put(t('share.link_done'), `${window.location.origin}/s/${shop.code}/studio/sandbox#${toHash(trial)}`)
  const golden = () => void put(t('share.case_done'), goldenCase(`${words.ground(trial.ground)}，${term('remedy', trial.remedy)}`, trial, decision, words, today, shop.currency))
  useShortcuts([
    { keys: 'l', label: t('share.link'), group: t('nav.studio'), run: link },
    { keys: 'y', label: t('share.case'), group: t('nav.studio'), run: golden },
  ])
  return (
    <span className="actions">
      <button type="button" className="btn small" onClick={link}>
        {t('share.link')} <Keys keys="l" />
      </button>
      <button type="button" className="btn small" onClick={golden}>
        {t('share.case')} <Keys keys="y" />
      </button>
      {done && (
        <span role="status" className="note good">
          {done.what} {done.text && <span className="mono select">{done.text}</span>}
        </span>
      )}
    </span>
  )
}
