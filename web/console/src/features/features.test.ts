import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

// A desk can be read, changed and removed by itself: what two need is in parts/ or kit/.
it('features never import features, and nothing below imports one', () => {
  for (const [folder, forbidden] of [['src/features', /from '\.\.\/(?!\.\.)/], ['src/parts', /features\//], ['src/kit', /features\/|parts\//], ['src/api', /features\/|parts\/|kit\//]] as const) {
    for (const f of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (/\.tsx?$/.test(f) && !f.endsWith('.test.ts')) expect(readFileSync(`${folder}/${f}`, 'utf8'), `${folder}/${f}`).not.toMatch(forbidden)
    }
  }
})
