// Sending commands: one Idempotency-Key per intention. The key stays while the same thing is sent again after a failure
// and changes with what is asked for, so that a second click or a lost answer never does a thing twice.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { newKey } from '../api/client'
import { type Fault } from '../api/fault'

export function useCommand<I, O>(run: (input: I, key: string) => Promise<O>, done?: (out: O, input: I) => void) {
  const queries = useQueryClient()
  const intention = useRef({ about: '', key: '' })
  return useMutation<O, Fault, I>({
    mutationFn: (input) => {
      const about = JSON.stringify(input)
      if (intention.current.about !== about || intention.current.key === '') intention.current = { about, key: newKey() }
      return run(input, intention.current.key)
    },
    onSuccess: (out, input) => {
      intention.current = { about: '', key: '' }
      void queries.invalidateQueries()
      done?.(out, input)
    },
    retry: (n, fault) => fault.offline && n < 2,
    retryDelay: (n) => 600 * 2 ** n,
    networkMode: 'always',
  })
}
