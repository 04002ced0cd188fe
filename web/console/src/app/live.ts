// Live updates: the server says which case changed; what is cached of it and of the lists is asked for again. The browser
// reconnects by itself; what happened meanwhile is caught up with by refreshing everything once.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { shopPath } from '../api/queries'

/** Whether live updates come; of no shop ("") there are none to wait for. */
export function useLive(shop: string) {
  const queries = useQueryClient()
  const [live, setLive] = useState(true)
  useEffect(() => {
    if (shop === '') return
    const source = new EventSource(`${shopPath(shop)}/events`)
    let lost = false
    let soon = 0
    const lists = () => {
      window.clearTimeout(soon)
      soon = window.setTimeout(() => {
        for (const list of ['inbox', 'inbox-counts', 'today', 'money', 'strays']) void queries.invalidateQueries({ queryKey: ['shop', shop, list] })
        void queries.invalidateQueries({ queryKey: ['today'] })
      }, 400)
    }
    source.addEventListener('hello', () => {
      setLive(true)
      if (lost) void queries.invalidateQueries({ queryKey: ['shop', shop] })
      lost = false
    })
    source.addEventListener('case', (e) => {
      try {
        const { case_id } = JSON.parse((e as MessageEvent<string>).data) as { case_id: string }
        void queries.invalidateQueries({ queryKey: ['shop', shop, 'case', case_id] })
      } catch {
        void queries.invalidateQueries({ queryKey: ['shop', shop] })
      }
      lists()
    })
    source.addEventListener('shelf', lists)
    source.addEventListener('refetch', () => void queries.invalidateQueries({ queryKey: ['shop', shop] }))
    source.onerror = () => {
      lost = true
      setLive(source.readyState === EventSource.OPEN)
    }
    return () => {
      window.clearTimeout(soon)
      source.close()
    }
  }, [queries, shop])
  return live
}
