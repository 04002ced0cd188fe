import { Modal } from 'antd'
import { useState } from 'react'
import { t } from '../i18n'
import { Keys, useAlive, useShortcuts } from '../kit/keys'

/** The sheet of shortcuts behind `?`: what is alive on this page, by group. */
export function Sheet() {
  const [open, setOpen] = useState(false)
  const alive = useAlive()
  useShortcuts([{ keys: '?', label: t('keys.sheet'), group: t('keys.everywhere'), run: () => setOpen(true) }])
  if (!open) return null
  const groups = [...new Set(alive.map((s) => s.group))]
  return (
    <Modal open title={t('keys.title')} footer={null} onCancel={() => setOpen(false)} width={640} transitionName="" maskTransitionName="">
      <div className="key-sheet">
        {groups.map((g) => (
          <section key={g}>
            <h3>{g}</h3>
            <dl>
              {alive
                .filter((s) => s.group === g)
                .map((s) => (
                  <div key={s.keys + s.label}>
                    <dt>
                      <Keys keys={s.keys} />
                    </dt>
                    <dd>{s.label}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
