import { Dropdown } from 'antd'
import { useState } from 'react'
import type { CasePage, LineView, View } from '../api/types'
import type { Shop } from '../api/session'
import { may } from '../app/shop'
import { t } from '../i18n'
import { Keys, useShortcuts } from '../kit/keys'
import { CommandDialog, labelOf, type Target } from './CommandDialog'
import { commands, type Command, type Thing } from './commands'
import type { Words } from './words'

interface Ready {
  command: Command
  target: Target
}

interface Props {
  shop: Shop
  page: CasePage
  words: Words
  line?: LineView // only what concerns this line
  only?: Thing[]
  target?: Target // only this row
  keys?: boolean
  compact?: boolean
  onDone?: (v: View) => void
}

/** The commands that make sense now, for whom they are: the first ones as buttons, the rest in a menu. */
export function Commands({ shop, page, words, line, only, target, keys, compact, onDone }: Props) {
  const [open, setOpen] = useState<{ code: string; id: string }>()
  const ready: Ready[] = commands
    .filter((c) => may(shop, c.scope) && (!only || only.includes(c.on)))
    .flatMap((command) => targets(page, command.on, line, target).filter((x) => x.row.allowed.includes(command.code)).map((x) => ({ command, target: x })))
  const shown = ready.filter((r) => r.command.tone === 'primary' || (!!r.command.key && r.command.tone !== 'danger'))
  const rest = ready.filter((r) => !shown.includes(r))
  const used = new Set<string>()
  const keyed = keys ? [...shown, ...rest].filter((r) => r.command.key && !used.has(r.command.key) && used.add(r.command.key)) : []
  const start = (r: Ready) => setOpen({ code: r.command.code, id: r.target.row.id })
  useShortcuts(keyed.map((r) => ({ keys: r.command.key!, label: name(r, page), group: t('keys.case'), run: () => start(r) })))

  const opened = open && commands.find((c) => c.code === open.code)
  const row = opened && targets(page, opened.on, undefined, undefined).find((x) => x.row.id === open.id)
  return (
    <>
      {ready.length > 0 && (
        <div className={compact ? 'actions compact' : 'actions commands'}>
          {shown.map((r) => (
            <button key={r.command.code + r.target.row.id} type="button" className={`btn ${r.command.tone === 'primary' ? 'primary' : ''} ${compact ? 'small' : ''}`} onClick={() => start(r)} data-command={r.command.code}>
              {name(r, page)}
              {keyed.includes(r) && <Keys keys={r.command.key!} />}
            </button>
          ))}
          {rest.length > 0 && (
            <Dropdown
              trigger={['click']}
              menu={{
                items: rest.map((r) => ({ key: r.command.code + ' ' + r.target.row.id, danger: r.command.tone === 'danger', label: name(r, page), extra: keyed.includes(r) ? <Keys keys={r.command.key!} /> : undefined })),
                onClick: ({ key }) => {
                  const [code = '', id = ''] = key.split(' ')
                  setOpen({ code, id })
                },
              }}
            >
              <button type="button" className={`btn ${compact ? 'small' : ''}`} aria-haspopup="menu">
                {t('more_commands')} <span aria-hidden>▾</span>
              </button>
            </Dropdown>
          )}
        </div>
      )}
      {opened && row && <CommandDialog key={open.code + open.id} shop={shop} command={opened} target={row} page={page} words={words} onClose={() => setOpen(undefined)} onDone={onDone} />}
    </>
  )
}

const name = (r: Ready, page: CasePage) => labelOf(r.command, r.target, r.target.on === 'line' ? r.target.row : page.view.lines[0])

function targets(page: CasePage, on: Thing, line?: LineView, target?: Target): Target[] {
  if (target) return target.on === on ? [target] : []
  const v = page.view
  switch (on) {
    case 'line':
      return v.lines.filter((l) => !line || l.id === line.id).map((row) => ({ on, row }))
    case 'parcel':
      return v.movements.filter((m) => !line || m.lines.some((x) => x.case_line_id === line.id)).map((row) => ({ on, row }))
    case 'money':
      return v.settlements.filter((s) => !line || s.line_id === line.id).map((row) => ({ on, row }))
    case 'enquiry': // of the whole case: a carrier is asked about a parcel, not about a line
      return v.enquiries.map((row) => ({ on, row }))
    case 'claim':
      return v.claims.map((row) => ({ on, row }))
  }
}
