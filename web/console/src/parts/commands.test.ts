import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import terms from '../i18n/terms.json'
import { commands } from './commands'

// A command that the server may allow and no button asks for would be a dead end.
it('every command of the program has a button, and a word', () => {
  const known = Object.keys(terms).filter((k) => k.startsWith('command.')).map((k) => k.slice('command.'.length))
  const asked = commands.map((c) => c.code)
  const byTheServer = ['pay'] // a job asks the gateway
  expect([...asked, ...byTheServer].sort()).toEqual(known.sort())
})

it('no two commands of one thing share a key where both may be allowed', () => {
  for (const on of ['line', 'parcel', 'money', 'enquiry', 'claim']) {
    const keys = commands.filter((c) => c.on === on && c.key).map((c) => c.key)
    // approve and accept are never allowed together: an offer is not to be approved; nor are filing a claim and what the carrier says of it
    expect(keys.length - new Set(keys).size, on).toBeLessThanOrEqual(on === 'line' || on === 'parcel' || on === 'claim' ? 1 : 0)
  }
})

// A button whose scope is not the route's is one that is refused, or one that is missing where it is needed.
it('every button needs the scope its route needs', () => {
  const document = readFileSync('../../docs/openapi.yaml', 'utf8')
  for (const c of commands) {
    const begins = document.indexOf(`\n  ${c.path}:\n`)
    const scope = /scope `([a-z:]+)`/.exec(document.slice(begins, document.indexOf('\n  /', begins + 1)))?.[1]
    expect(c.scope, c.code).toBe(scope)
  }
})
