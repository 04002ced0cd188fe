// The journeys of the desks, each with a bad turn. They are written in the order of a morning and build on one server.
import { expect, Person } from './kit.mjs'

const day = (n) => new Date(Date.now() + 8 * 3600e3 - n * 86400e3).toISOString().slice(0, 10)
const at = (n) => new Date(Date.now() - n * 86400e3).toISOString()

/** Orders that nobody has a case for yet. */
export async function prepare(server) {
  const shops = await server.api('GET', '/shops')
  const shop = shops.find((s) => s.code === 'shoes')
  const sell = (no, nick, sku, title, price, signed) =>
    server.api('POST', `/shops/${shop.id}/orders`, {
      platform: 'taobao', order_no: no, buyer: { key: nick, nick, name: nick.slice(0, 1) + '**', phone: '138****8099' }, channel: 'distance', status: '交易成功',
      ordered_at: at(signed + 3), paid_at: at(signed + 3), shipped_at: at(signed + 2), signed_on: day(signed), signed_by: 'self', attrs: { free_shipping: true, freight_insurance: true },
      lines: [{ sku, title, category: 'shoes', quantity: 1, unit_price: price, net: price }], payments: [{ tender: 'alipay', route: 'marketplace', reference: 'DEMO-' + no, captured: price }],
    })
  await sell('990000000000009101', '小雨_demo', 'SH-2401-BLK-38', '头层牛皮浅口单鞋 黑 38', 26900, 3)
  await sell('990000000000009103', '阿布_demo', 'SH-1902-WHT-37', '软底休闲鞋 白 37', 19900, 4)
  await sell('990000000000009107', '小舟_demo', 'SH-2401-BLK-38', '头层牛皮浅口单鞋 黑 38', 26900, 2)
  await sell('990000000000009111', '小鹿_demo2', 'SH-1902-GRY-38', '软底休闲鞋 灰 38', 19900, 3)
  await sell('990000000000009109', '晓晓_demo', 'SH-1902-GRY-38', '软底休闲鞋 灰 38', 19900, 3)
  await sell('990000000000009105', '果果_demo', 'SH-2401-APR-39', '头层牛皮浅口单鞋 杏 39', 26900, 2)
  return shop
}

/** Fills and sends an application with the keyboard; the case is open at the end. */
async function apply(who, orderNo, ground, facts, bad) {
  await who.press('n')
  await who.seen('.apply, input.big')
  await who.type(orderNo)
  await who.press('Enter')
  await who.seen('form.apply select')
  await who.page.waitForFunction(() => document.activeElement?.tagName === 'SELECT')
  await who.choose(ground)
  await who.seen('.decision-panel .bundle.main')
  for (const answer of facts) {
    await who.tabTo(`.facts fieldset:nth-of-type(${facts.indexOf(answer) + 1}) input`)
    await who.press(answer ? 'Space' : 'ArrowRight')
  }
  await bad?.()
  await who.press('Control+Enter')
  await who.page.waitForURL(/\/cases\//)
  await who.seen('.decision .bundle.main')
}

const status = (who) => who.text('.line-head .status')
const becomes = (who, word) => who.page.waitForFunction((w) => document.querySelector('.line-head .status')?.textContent === w, word)

async function approveAndSend(who, waybill) {
  await who.press('a')
  await who.seen('[role=dialog] button[type=submit]')
  await who.press('Control+Enter')
  await becomes(who, '待买家寄回')
  await who.press('w')
  await who.seen('[role=dialog] input')
  await who.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') && document.activeElement.tagName === 'INPUT')
  await who.type('圆通')
  await who.press('Tab')
  await who.type(waybill)
  await who.press('Control+Enter')
  await becomes(who, '退件在途')
}

/** The parcel that was scanned is shown and has the cursor: keys are commands now. */
const onTable = (house, waybill) => house.page.waitForFunction((w) => document.activeElement?.querySelector('.parcel')?.textContent.includes(w), waybill)

export const journeys = [
  {
    name: 'SH-01 size, from application to the parcel: the agent; the session ends mid-form',
    async run({ browser, server, memo }) {
      const agent = await Person.enter(browser, server, 'xiaoman')
      memo.agent = agent
      await apply(agent, '990000000000009101', 'size_mismatch', [], async () => {
        await agent.context.clearCookies() // the bad turn: logged out under the open form
      }).catch(() => undefined)
      // The form is there still, the log-in lies over it; after it the very same application goes out.
      const over = agent.page.locator('.login.over')
      if (await over.count()) {
        await agent.picture('session-expired')
        await agent.check('log-in over the page')
        await agent.page.waitForFunction(() => document.activeElement?.getAttribute('autocomplete') === 'current-password')
        await agent.type(server.password)
        await agent.press('Enter')
        await agent.page.waitForURL(/\/cases\//)
        await agent.seen('.decision .bundle.main')
        memo.expired = true
      }
      expect('the log-in over the page', memo.expired === true)
      expect('a case to decide', (await status(agent)) === '待审核', await status(agent))
      expect('269.00 of right', (await agent.text('.bundle.main')).includes('269.00'))
      await agent.check('case page')
      memo.sh01 = agent.page.url()
      await approveAndSend(agent, 'YTDEMO9101')
      await agent.press('p')
      await agent.see('已复制')
      const copied = await agent.page.evaluate(() => navigator.clipboard.readText())
      expect('the seller remark on the clipboard', copied.startsWith('【退货】'), copied)
    },
  },
  {
    name: 'SH-03 open sole, from application to the parcel: the agent; another agent was faster',
    async run({ browser, server, memo }) {
      const agent = memo.agent
      await apply(agent, '990000000000009103', 'quality', [])
      expect('both freights on us', (await agent.text('.bundle.main')).includes('我方承担'))
      memo.sh03 = agent.page.url()
      // The bad turn: both look at it, the other takes it back first. What one typed stays, both versions are shown.
      const other = await Person.enter(browser, server, 'aqing')
      await other.page.goto(agent.page.url())
      await other.seen('.decision .bundle.main')
      await agent.press('x').catch(() => undefined) // declining what is of right has no key
      expect('no button for declining a right', (await agent.page.locator('[data-command=decline]').count()) === 0)
      await agent.page.route('**/events', (r) => r.abort())
      await agent.page.click('text=更多操作')
      await agent.page.click('[role=menuitem]:has-text("顾客撤销")')
      agent.clicks += 2
      await agent.seen('[role=dialog] textarea')
      await agent.page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')
      await agent.type('顾客说先不退了')
      await other.press('a')
      await other.seen('[role=dialog] button[type=submit]')
      await other.press('Control+Enter')
      await becomes(other, '待买家寄回')
      await agent.press('Control+Enter')
      await agent.seen('[role=dialog] .versions')
      await agent.picture('conflict')
      const box = await agent.page.inputValue('[role=dialog] textarea')
      expect('what was typed', box === '顾客说先不退了', box)
      await agent.check('conflict')
      await agent.press('Escape')
      await agent.page.waitForSelector('[role=dialog]', { state: 'detached' })
      await becomes(agent, '待买家寄回')
      await agent.press('w')
      await agent.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') && document.activeElement.tagName === 'INPUT')
      await agent.type('圆通')
      await agent.press('Tab')
      await agent.type('YTDEMO9103')
      await agent.press('Tab')
      await agent.type('10')
      await agent.press('Tab')
      await agent.choose('customer')
      await agent.press('Control+Enter')
      await becomes(agent, '退件在途')
      expect('the clock ran on', other.wrong.length === 0, other.wrong)
      await other.leave()
    },
  },
  {
    name: 'an exchange: what is still to be asked is answered in place, and decided again at once',
    async run({ memo }) {
      const agent = memo.agent
      await agent.page.unroute('**/events').catch(() => undefined)
      await agent.go('apply?no=990000000000009107')
      await agent.seen('form.apply select')
      await agent.page.selectOption('form.apply select >> nth=0', 'size_mismatch')
      await agent.page.check('input[value=exchange]')
      await agent.page.fill('form.apply input.mono', 'SH-2401-BLK-40')
      await agent.seen('.decision-panel .bundle.main')
      await agent.picture('apply')
      await agent.check('application')
      await agent.press('Control+Enter')
      await agent.page.waitForURL(/\/cases\//)
      await agent.seen('.note.ask')
      await agent.picture('open-question')
      await agent.check('open question')
      await agent.page.check('.note.ask input[value=true]')
      await agent.page.click('.note.ask button[type=submit]')
      await agent.page.waitForSelector('.note.ask', { state: 'detached' })
      await becomes(agent, '待审核')
      // 如果…会怎样: the other answer would give another decision; nothing is written.
      await agent.press('h')
      await agent.page.check('.what-if input[value=false] >> nth=0')
      await agent.page.click('.what-if button[type=submit]')
      await agent.seen('.what-if-answer .bundle')
      await agent.check('what if')
      expect('nothing written', (await status(agent)) === '待审核')
    },
  },
  {
    name: 'receiving: both parcels are scanned, opened and inspected; an unknown waybill, a sheet that is not complete',
    async run({ browser, server, memo }) {
      const house = await Person.enter(browser, server, 'ayue')
      memo.house = house
      await house.press('g', 'r')
      await house.seen('#scan')
      await house.page.waitForFunction(() => document.activeElement?.id === 'scan')
      await house.type('YTDEMO0404040') // the bad turn: nobody announced this one
      await house.press('Enter')
      await house.see('没有登记过 YTDEMO0404040')
      await house.picture('receiving-unknown')
      await house.check('receiving, unknown')
      for (const waybill of ['YTDEMO9101', 'YTDEMO9103']) {
        await house.scan(waybill)
        await onTable(house, waybill)
        await house.press('r')
        await house.seen('[role=dialog] .counts input')
        await house.press('Control+Enter')
        await house.page.waitForSelector('[role=dialog]', { state: 'detached' })
        await house.see('已收货，待验货')
        await house.press('i')
        await house.seen('[role=dialog] .facts')
        if (waybill === 'YTDEMO9101') {
          // The bad turn: one answer alone is not a sheet; what is missing is marked, what was filled in stays.
          await house.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] .facts') !== null)
          await house.press('ArrowRight')
          await house.press('Control+Enter')
          await house.seen('[role=dialog] .field.wrong')
          await house.picture('sheet-incomplete')
          await house.check('inspection sheet')
        }
        await house.page.focus('[role=dialog] .facts input')
        await house.press('Shift+Tab', 'Space') // 全部符合
        // What the policy does not presume is answered one by one: yes where the article can be sold, no elsewhere.
        await fillSheet(house)
        await house.page.waitForSelector('[role=dialog]', { state: 'detached' })
        await house.see('待财务审核')
      }
    },
  },
  {
    name: 'receiving: a wrong item came back',
    async run({ server, memo }) {
      const agent = memo.agent
      await agent.page.unroute('**/events').catch(() => undefined)
      await apply(agent, '990000000000009105', 'dislike_style', [])
      await approveAndSend(agent, 'YTDEMO9105')
      const house = memo.house
      await house.go('receiving')
      await house.page.waitForFunction(() => document.activeElement?.id === 'scan')
      house.keys = house.clicks = 0
      await house.type('ytdemo 9105') // as a hand-held scanner of another make gives it
      await house.press('Enter')
      await onTable(house, 'YTDEMO9105')
      await house.press('r')
      await house.seen('[role=dialog] .counts input')
      await house.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') !== null)
      await house.tabTo('[role=dialog] .choices input')
      await house.press('ArrowRight')
      await house.press('Control+Enter')
      await house.see('退件不符')
      await house.picture('wrong-item')
      await house.check('receiving, wrong item')
      // The agent sees it without reloading.
      await agent.page.waitForFunction(() => document.querySelector('.line-head .status')?.textContent === '退件不符')
      void server
    },
  },
  {
    name: 'evidence: a photo beside the parcel; a ZIP that calls itself a photo is not taken',
    async run({ memo }) {
      const house = memo.house
      const photo = await house.page.screenshot({ type: 'jpeg', clip: { x: 0, y: 0, width: 320, height: 240 } })
      const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000, 7)])
      await house.page.setInputFiles('.evidence input[type=file]', [{ name: '开箱 👟.jpg', mimeType: 'image/jpeg', buffer: photo }])
      await house.seen('.thumbs img')
      await house.page.waitForFunction(() => document.querySelector('.thumbs img')?.naturalWidth > 0)
      await house.page.setInputFiles('.evidence input[type=file]', [{ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: zip }])
      await house.seen('.upload .fault')
      await house.picture('evidence')
      await house.check('evidence')
      await house.page.click('.thumbs img')
      await house.seen('.lightbox img')
      await house.press('Escape')
      await house.page.waitForSelector('.lightbox', { state: 'detached' })
    },
  },
  {
    name: 'the door: parcels scanned one after the other; a stray one finds its owner when the agent hears the waybill',
    async run({ memo }) {
      const { agent, house } = memo
      await apply(agent, '990000000000009111', 'dislike_style', [])
      await agent.press('a', 'Control+Enter')
      await agent.page.waitForSelector('[role=dialog]', { state: 'detached' })
      await agent.see('待买家寄回')
      await house.go('receiving?room=door')
      await house.page.waitForFunction(() => document.activeElement?.id === 'door')
      house.keys = house.clicks = 0
      for (const code of ['YTDEMO9111', 'YTDEMO9111', 'YTDEMO9103']) await house.scan(code) // quicker than the server answers
      await house.page.waitForFunction(() => document.querySelectorAll('.scans li').length === 3)
      await house.see('已在无主件架') // the bad turn: scanned twice
      await house.see('之前登记过') // and one that was opened long ago
      await house.picture('door')
      await house.check('the door')
      await house.go('receiving?room=shelf')
      await house.click('.picks button')
      await house.page.fill('input[maxlength="4"]', '8099')
      await house.click('button[type=submit]:has-text("记下并找主人")')
      await house.seen('.owners li')
      await house.picture('shelf')
      await house.check('the shelf')
      await agent.press('w')
      await agent.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') !== null && document.activeElement?.tagName === 'INPUT')
      await agent.type('圆通')
      await agent.press('Tab')
      await agent.type('YTDEMO9111')
      await agent.press('Control+Enter')
      await agent.see('已签收，待拆包') // it was here before anybody said so
      await house.see('架上没有无主件')
    },
  },
  {
    name: 'cashier: a marketplace refund is approved and confirmed; first with a wrong amount',
    async run({ browser, server, memo }) {
      const cash = await Person.enter(browser, server, 'jingjie')
      memo.cash = cash
      await cash.go('cashier')
      await cash.seen('.picks button')
      const which = await cash.page.locator('.picks button').evaluateAll((all) => all.findLastIndex((b) => b.textContent.includes('269.00')))
      for (let i = 0; i <= which; i++) {
        await cash.press('j')
        await cash.page.waitForFunction((n) => document.querySelectorAll('.picks li')[n]?.classList.contains('on'), i)
      }
      await cash.seen('.detail .commands')
      await cash.press('m')
      await cash.seen('[role=dialog] button[type=submit]')
      await cash.press('Control+Enter')
      await cash.see('平台退款（请到千牛操作）')
      await cash.press('c')
      await cash.seen('[role=dialog] input')
      await cash.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') && document.activeElement.tagName === 'INPUT')
      await cash.type('TB-20001')
      await cash.press('Tab', 'Control+a')
      await cash.type('259.00') // the bad turn
      await cash.tabTo('[role=dialog] input[placeholder*="截图"]')
      await cash.type('后台截图 1')
      await cash.press('Control+Enter')
      await cash.seen('[role=dialog] .field.wrong')
      await cash.picture('amount-differs')
      await cash.check('confirm, wrong amount')
      await cash.page.focus('[role=dialog] .field.wrong input')
      await cash.press('Control+a')
      await cash.type('269.00')
      await cash.press('Control+Enter')
      await cash.page.waitForSelector('[role=dialog]', { state: 'detached' })
      await cash.see('已到账')
      const agent = memo.agent
      await agent.page.goto(memo.sh01)
      await becomes(agent, '已到账')
      await agent.see('已完结')
    },
  },
  {
    name: 'SH-03 to the end on the page of the case: refund and advanced freight, each approved and confirmed',
    async run({ memo }) {
      const cash = memo.cash
      await cash.page.goto(memo.sh03)
      await cash.seen('.decision .bundle.main')
      for (const number of ['TB-30001', 'XE-30002']) {
        await cash.page.waitForFunction(() => document.querySelector('[data-command=approve_money]'))
        await cash.press('m')
        await cash.seen('[role=dialog] button[type=submit]')
        if (number === 'XE-30002') { // the parcel was insured: what the insurer paid comes first, here nothing
          await cash.page.waitForFunction(() => document.activeElement?.tagName === 'INPUT' && document.activeElement.closest('[role=dialog] form'))
          await cash.type('0')
        }
        await cash.press('Control+Enter')
        await cash.page.waitForSelector('[role=dialog]', { state: 'detached' })
        await cash.page.waitForFunction(() => document.querySelector('[data-command=confirm]'))
        await cash.press('c')
        await cash.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') && document.activeElement.tagName === 'INPUT')
        await cash.type(number)
        await cash.tabTo('[role=dialog] input[placeholder*="截图"]')
        await cash.type('后台截图')
        await cash.press('Control+Enter')
        await cash.page.waitForSelector('[role=dialog]', { state: 'detached' })
      }
      await becomes(cash, '已到账')
      await cash.see('已完结')
      await cash.check('settled case')
    },
  },
  {
    name: 'books: a statement is held against what was confirmed; another amount is a difference, and goes with a reason',
    async run({ memo }) {
      const cash = memo.cash
      await cash.go('books')
      await cash.see('没有待处理的差异')
      const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())
      const upload = (rows) => cash.page.setInputFiles('input[type=file]', { name: 'refunds.csv', mimeType: 'text/csv', buffer: Buffer.from('退款编号,订单编号,退款金额,退款时间\n' + rows) })
      await upload('TB-20001,1,,' + day + '\n') // the bad turn: no amount
      await cash.page.selectOption('.page select', 'refund-list')
      await cash.page.getByLabel('平台代码').fill('taobao')
      await cash.page.click('button.primary:has-text("对账")')
      await cash.see('C2')
      await upload('TB-20001,1,270.00,' + day + '\n')
      await cash.page.click('button.primary:has-text("对账")')
      await cash.see('金额不一致')
      await cash.see('270.00')
      await cash.picture('books')
      await cash.check('books')
      await cash.page.click('button:has-text("处理差异")')
      await cash.page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')
      await cash.type('平台多退 1.00，已请平台追回')
      await cash.press('Control+Enter')
      await cash.page.waitForSelector('[role=dialog]', { state: 'detached' })
      await cash.see('没有待处理的差异')
      await cash.page.click('[role=tab]:has-text("发票红冲")')
      await cash.see('没有需要红冲的发票')
      await cash.page.click('[role=tab]:has-text("责任方月报")')
      await cash.see('小计')
      await cash.check('month')
    },
  },
  {
    name: 'SH-04: the supervisor agrees; the small transfer bounces, is found among the failed, paid again and confirmed',
    async run({ browser, server }) {
      const boss = await Person.enter(browser, server, 'laozhou')
      await boss.see('已与顾客商定就近修鞋')
      await boss.page.click('.todo a:has-text("就近维修报销")')
      await boss.seen('.decision .bundle.main')
      await boss.press('a')
      await boss.seen('[role=dialog] button[type=submit]')
      await boss.press('Control+Enter')
      await becomes(boss, '待顾客确认方案')
      await boss.press('a') // the customer agrees
      await boss.seen('[role=dialog] button[type=submit]')
      await boss.press('Control+Enter')
      await becomes(boss, '待财务审核')
      const address = boss.page.url()
      await boss.leave()
      const cash = await Person.enter(browser, server, 'jingjie')
      await cash.page.goto(address)
      const command = async (code, fill) => {
        const button = cash.page.locator(`[data-command=${code}]`)
        const more = cash.page.locator('.settlements [aria-haspopup=menu], .detail [aria-haspopup=menu]')
        await button.or(more).first().waitFor()
        if (code === 'bounce') {
          await more.first().click()
          await cash.page.locator('[role=menuitem]', { hasText: '登记退票' }).click()
        } else await button.first().click()
        await cash.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') !== null)
        await fill?.()
        await cash.press('Control+Enter')
        await cash.page.waitForSelector('[role=dialog]', { state: 'detached' })
      }
      await command('approve_money')
      await command('start')
      await command('bounce', () => cash.type('收款账号已注销'))
      await cash.see('打款失败')
      await cash.go('cashier?state=failed')
      await cash.page.click('.picks button:has-text("陈女士")')
      await cash.see('收款账号已注销')
      await cash.picture('cashier-failed')
      await cash.check('cashier, failed')
      await command('retry')
      await cash.page.goto(address)
      await command('confirm', async () => {
        await cash.type('XE-40001')
        await cash.tabTo('[role=dialog] input[placeholder*="截图"]')
        await cash.type('转账回单')
      })
      await becomes(cash, '已到账')
      expect('nothing wrong', cash.wrong.length === 0, cash.wrong)
      await cash.leave()
    },
  },
  {
    name: 'import: a refund list with a fault, given to the wrong format; corrected it opens a case; a second time it changes nothing',
    async run({ browser, server }) {
      const boss = await Person.enter(browser, server, 'laozhou')
      const page = boss.page
      const stamp = (hours) => new Date(Date.now() + 8 * 3600e3 + hours * 3600e3).toISOString().slice(0, 19).replace('T', ' ')
      const [asked, until] = [stamp(-1), stamp(20)]
      const list = (amount) => Buffer.from(`退款编号,订单编号,买家退款金额,是否需要退货,退款的申请时间,退款状态,超时时间\n9900000000000091,990000000000009109,${amount},需要退货,${asked},买家已经申请退款，等待卖家同意,${until}\n`)
      const choose = async (amount) => {
        await page.setInputFiles('.file input', { name: '退款列表.csv', mimeType: 'text/csv', buffer: list(amount) })
        await page.waitForSelector('.sample')
      }
      const check = async () => {
        await page.click('.actions .btn.primary')
        await page.waitForSelector('[role=status].note, .fault')
      }
      await boss.go('imports')
      await choose('一百九十九')
      const guessed = await page.inputValue('.panel select >> nth=0')
      expect('the format was recognised', guessed === 'p:taobao-refund', guessed)
      await page.selectOption('.panel select >> nth=0', 'p:douyin') // the bad turn: another platform's format
      await page.click('.actions .btn.primary')
      await page.waitForSelector('.note.bad, .fault')
      await boss.check('import, wrong format')
      await boss.picture('import-wrong-format')
      await page.selectOption('.panel select >> nth=0', guessed)
      await check()
      await boss.see('买家退款金额') // the fault names its column
      await boss.see('什么都没有导入')
      await boss.picture('import-fault')
      await boss.check('import, fault in place')
      await choose('199.00')
      await page.selectOption('.panel select >> nth=1', 'size_mismatch')
      await check()
      await boss.see('没有问题，可以导入')
      await page.click('.actions .btn:has-text("导入")')
      await boss.see('新建 1，更新 0')
      await choose('199.00')
      await page.selectOption('.panel select >> nth=1', 'size_mismatch')
      await check()
      await boss.see('新建 0，更新 0')
      await boss.picture('import-twice')
      await boss.go('inbox?view=due_today')
      await boss.go('search?q=990000000000009109')
      await boss.see('晓晓_demo')
      expect('nothing wrong', boss.wrong.length === 0, boss.wrong)
      await boss.leave()
    },
  },
  {
    name: 'a slow server: what is sent twice happens once, and the button says that it is on its way',
    async run({ memo }) {
      const agent = memo.agent
      await agent.page.goto(memo.sh03)
      await agent.seen('.write textarea')
      let held = 0
      const slow = async (route) => {
        if (route.request().method() !== 'POST') return route.continue()
        held++
        await new Promise((done) => setTimeout(done, 1500))
        await route.continue()
      }
      await agent.page.route('**/api/v1/shops/**', slow)
      await agent.page.fill('.write textarea', '只发一次')
      await agent.page.focus('.write textarea')
      await agent.press('Control+Enter', 'Control+Enter', 'Control+Enter')
      await agent.see('提交中')
      await agent.page.waitForFunction(() => [...document.querySelectorAll('.bubble p')].some((p) => p.textContent === '只发一次'))
      await agent.page.unroute('**/api/v1/shops/**', slow)
      await agent.page.reload()
      await agent.seen('.bubble')
      const said = await agent.page.locator('.bubble p', { hasText: '只发一次' }).count()
      expect('once', said === 1 && held > 0, { said, held })
    },
  },
  {
    name: 'no permission: an agent opens the cashier and a shop that is not his; no address that was guessed',
    async run({ memo }) {
      const agent = memo.agent
      await agent.go('cashier')
      await agent.see('没有权限')
      expect('no place for the cashier in the menu', (await agent.page.locator('nav >> text=打款台').count()) === 0)
      await agent.check('forbidden')
      await agent.picture('forbidden')
      await agent.page.goto(`${agent.server.at}/s/snack/inbox`)
      await agent.see('没有这家店铺')
      await agent.go('cases/0A7SX2W5C0001')
      await agent.see('没有找到')
      await agent.page.click('text=回到首页')
      await agent.seen('.page-title')
    },
  },
  {
    name: 'people: somebody new gets a log-in, changes the one-time password, and may do what the role says',
    async run({ browser, server }) {
      const boss = await Person.enter(browser, server, 'admin')
      await boss.go('settings?tab=people')
      await boss.page.click('text=添加员工')
      await boss.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form') !== null)
      await boss.type('xinren')
      await boss.press('Tab')
      await boss.type('新人')
      await boss.page.click('text=加一个岗位')
      await boss.page.selectOption('[role=dialog] select[aria-label=岗位]', 'warehouse')
      await boss.page.selectOption('[role=dialog] select[aria-label=店铺]', { label: '女鞋商城（演示）' })
      await boss.check('a new colleague')
      await boss.press('Control+Enter')
      await boss.seen('.note.good .mono')
      const once = await boss.text('.note.good .mono')
      await boss.picture('people')
      await boss.check('people')
      const page = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
      await page.goto(server.at)
      await page.fill('input[autocomplete=username]', 'xinren')
      await page.fill('input[autocomplete=current-password]', once)
      await page.keyboard.press('Enter')
      await page.waitForSelector('text=先设一个自己的密码')
      await page.fill('input[autocomplete=current-password]', once)
      const fields = page.locator('input[autocomplete=new-password]')
      await fields.nth(0).fill('雨后的仓库很安静 2026')
      await fields.nth(1).fill('雨后的仓库很安静 2026')
      await page.keyboard.press('Enter')
      await page.waitForSelector('nav >> text=收货验货')
      expect('no cashier for a warehouse', (await page.locator('nav >> text=打款台').count()) === 0)
      expect('nothing wrong', boss.wrong.length === 0, boss.wrong)
      await page.context().close()
      await boss.leave()
    },
  },
  {
    name: 'texts that mean harm are shown as texts: script, emoji, right-to-left, 200 characters',
    async run({ memo }) {
      const agent = memo.agent
      await agent.page.goto(memo.sh01)
      await agent.seen('.write textarea')
      for (const text of ['<script>window.harm=1</script><img src=x onerror="window.harm=1">', '👩‍👩‍👧‍👦 鞋子很好看🥿', 'مرحبا بالعالم', '长'.repeat(200)]) {
        await agent.page.fill('.write textarea', text)
        await agent.page.focus('.write textarea')
        await agent.press('Control+Enter')
        await agent.page.waitForFunction((x) => [...document.querySelectorAll('.bubble p')].some((p) => p.textContent === x), text)
      }
      expect('no script ran', (await agent.page.evaluate(() => window.harm)) === undefined)
      await agent.check('case page with hard texts')
    },
  },
  {
    name: 'a lost server: what is typed stays, and goes out when it is back',
    async run({ memo }) {
      const agent = memo.agent
      await agent.page.goto(memo.sh03)
      await agent.seen('.write textarea')
      await agent.page.fill('.write textarea', '稍后再发')
      await agent.context.setOffline(true)
      await agent.page.focus('.write textarea')
      await agent.press('Control+Enter')
      await agent.see('连不上服务器')
      await agent.picture('offline')
      expect('what was typed', (await agent.page.inputValue('.write textarea')) === '稍后再发')
      await agent.seen('.write .fault') // it was tried again by itself, in vain
      await agent.check('offline')
      await agent.context.setOffline(false)
      await agent.page.focus('.write textarea')
      await agent.press('Control+Enter')
      await agent.page.waitForFunction(() => [...document.querySelectorAll('.bubble p')].filter((p) => p.textContent === '稍后再发').length === 1)
    },
  },
]

/** Answers what is open of an inspection sheet and sends it, until it is taken. */
async function fillSheet(house) {
  for (let round = 0; round < 4; round++) {
    const asked = await house.page.evaluate(() => {
      let n = 0
      for (const f of document.querySelectorAll('[role=dialog] .facts fieldset')) {
        if (f.querySelector('input:checked')) continue
        const good = /二次销售|存在质量问题/.test(f.textContent)
        f.querySelectorAll('input')[good ? 0 : 1].click()
        n++
      }
      return n
    })
    house.clicks += asked
    await house.press('Control+Enter')
    const gone = await house.page.waitForSelector('[role=dialog]', { state: 'detached', timeout: 2500 }).then(() => true, () => false)
    if (gone) return
  }
  throw new Error('the sheet was never complete: ' + (await house.text('[role=dialog]')))
}
