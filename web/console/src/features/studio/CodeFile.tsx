import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { policyFile } from '../../api/studio'
import { useShop } from '../../app/shop'
import { t } from '../../i18n'
import { Await } from '../../kit/show'

/** A file of a published version, with line numbers; #L12 is that line. */
export function CodeFile({ pack, version, file, line }: { pack: string; version: string; file: string; line?: number }) {
  const shop = useShop()
  const query = useQuery(policyFile(shop.id, pack, version, file))
  const here = useRef<HTMLLIElement>(null)
  useEffect(() => {
    here.current?.scrollIntoView({ block: 'center' })
  }, [query.data, line])
  return (
    <section className="card panel flush">
      <header>
        <h3 className="mono">{file}</h3>
      </header>
      <Await query={query} rows={10}>
        {(text) => (
          <div className="code" tabIndex={0} role="region" aria-label={t('version.file_text', { file })}>
          <ol>
            {text.replace(/\n$/, '').split('\n').map((l, i) => (
              <li key={i} ref={i + 1 === line ? here : undefined} className={`${i + 1 === line ? 'here' : ''} ${/^\s*#/.test(l) ? 'remark' : ''}`}>
                <code>{l || ' '}</code>
              </li>
            ))}
          </ol>
          </div>
        )}
      </Await>
    </section>
  )
}
