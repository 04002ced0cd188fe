// Runs the journeys against a real server in the system's Chromium, checks every page with axe, takes pictures.
//
//   npm run e2e                 all of it
//   npm run e2e -- --studio     only those of the policy studio; --carriers only those of parcels, --receiving of the receiving desk, --exchange of exchanges
//   npm run e2e -- --readme     also makes docs/console.png, the picture of the README
import { rmSync } from 'node:fs'
import { launch, Person, pictures, root, serve } from './kit.mjs'
import { journeys, prepare } from './journeys.mjs'
import { carrierJourneys } from './carriers.mjs'
import { receivingJourneys } from './receiving.mjs'
import { exchangeJourneys } from './exchange.mjs'
import { prepareStudio, studioJourneys } from './studio.mjs'

const began = Date.now()
const seconds = () => ((Date.now() - began) / 1000).toFixed(1).padStart(6)
rmSync(pictures, { recursive: true, force: true })
let failed = 0
const server = await serve()
const browser = await launch()
const memo = {}
try {
  memo.shopOf = await prepare(server)
  memo.cosmetics = await prepareStudio(server)
  const only = process.argv.includes('--studio') ? studioJourneys : process.argv.includes('--carriers') ? carrierJourneys : process.argv.includes('--receiving') ? receivingJourneys : process.argv.includes('--exchange') ? exchangeJourneys : undefined
  for (const j of only ?? [...journeys, ...studioJourneys, ...carrierJourneys, ...receivingJourneys, ...exchangeJourneys]) {
    const people = () => [memo.agent, memo.house, memo.cash, memo.admin, memo.boss].filter(Boolean)
    for (const p of people()) p.keys = p.clicks = 0
    try {
      await j.run({ browser, server, memo })
      const wrong = people().flatMap((p) => p.wrong.splice(0))
      if (wrong.length) throw new Error(wrong.join('\n      '))
      console.log(`${seconds()}  ok    ${j.name}  (keys ${people().reduce((n, p) => n + p.keys, 0)}, clicks ${people().reduce((n, p) => n + p.clicks, 0)})`)
    } catch (e) {
      failed++
      console.log(`${seconds()}  FAIL  ${j.name}\n      ${e.message}`)
      for (const [who, p] of Object.entries(memo)) if (p instanceof Person) await p.picture(`failed-${failed}-${who}`).catch(() => undefined)
    }
  }
  failed += await sweep()
} finally {
  await browser.close()
  await server.stop()
}
console.log(`${seconds()}  ${failed ? failed + ' failed; pictures in web/console/pictures' : 'all of it went well'}`)
process.exit(failed ? 1 : 0)

/** Every page at both widths and in both themes: looked at by axe here, by people in web/console/pictures. */
async function sweep() {
  let bad = 0
  for (const [width, height, size] of [[1440, 900, 'wide'], [390, 844, 'phone']]) {
    for (const scheme of ['light', 'dark']) {
      const p = await Person.enter(browser, server, 'laozhou', { width, height, scheme, locale: size === 'phone' && scheme === 'dark' ? 'zh-TW' : size === 'wide' && scheme === 'dark' ? 'en' : 'zh-CN' })
      for (const page of ['today', 'inbox', 'inbox?view=overdue', 'apply', 'stock', 'cashier', 'books', 'books?tab=month', 'imports', 'settings', 'search?q=demo', 'studio', 'studio/packs/shoes/2024-07', 'studio/sandbox#ground=quality&remedy=refund_return', 'studio/drafts', 'studio/runs']) {
        await p.go(page)
        await p.seen('.page-title')
        await p.page.waitForFunction(() => !document.querySelector('.skeleton'))
        await p.check(`${page} ${size} ${scheme}`)
        await p.picture(`${page.replace(/\W/g, '-')}-${size}-${scheme}`)
      }
      await p.go('inbox')
      await p.seen('a.row')
      await Promise.all([p.page.waitForResponse((r) => r.url().endsWith('/page')), p.page.hover('a.row >> nth=0')])
      const open = await p.page.evaluate(
        () =>
          new Promise((resolve) => {
            const t0 = performance.now()
            const look = () => (document.querySelector('.decision .bundle') ? resolve(performance.now() - t0) : requestAnimationFrame(look))
            document.querySelector('a.row').click()
            look()
          }),
      )
      console.log(`${seconds()}  a case opens in ${open.toFixed(0)} ms on a warm list (${size} ${scheme})`)
      await p.page.waitForFunction(() => !document.querySelector('.skeleton'))
      await p.check(`case ${size} ${scheme}`)
      await p.picture(`case-${size}-${scheme}`)
      if (size === 'phone') {
        await p.page.click('.top .only-narrow')
        await p.seen('.nav.open')
        await p.check(`menu ${size} ${scheme}`)
        await p.picture(`menu-${size}-${scheme}`)
        await p.page.click('.top .only-narrow')
      }
      await p.press('?')
      await p.seen('.key-sheet').catch(() => undefined)
      await p.picture(`keys-${size}-${scheme}`)
      await p.press('Escape')
      if (p.wrong.length) {
        bad++
        console.log(`${seconds()}  FAIL  pages ${size} ${scheme}\n      ${[...new Set(p.wrong)].join('\n      ')}`)
      }
      await p.leave()
    }
  }
  if (process.argv.includes('--readme')) {
    const p = await Person.enter(browser, server, 'xiaoman', { width: 1280, height: 820 })
    await p.go('inbox')
    await p.page.click('a.row:has-text("李女士") >> nth=0')
    await p.seen('.decision .bundle')
    await p.page.waitForLoadState('load')
    await p.page.waitForFunction(() => !document.querySelector('.skeleton') && !/law-cn\.|shoes\./.test(document.querySelector('.decision').textContent))
    await p.page.screenshot({ path: root + 'docs/console.png' })
    await p.leave()
  }
  return bad
}
