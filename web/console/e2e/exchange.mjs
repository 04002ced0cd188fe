// The journey of an exchange, from the request to its end: a dearer pair, whose difference is charged.
import { expect, Person } from './kit.mjs'

const ago = (days) => new Date(Date.now() - days * 864e5).toISOString()
const gone = (who) => who.page.waitForSelector('[role=dialog]', { state: 'detached' })
const becomes = (who, word) => who.page.waitForFunction((w) => document.querySelector('.line-head .status')?.textContent === w, word)

/** Opens the form of a command once its button is there, fills it, and sends it. */
async function command(who, code, fill) {
  await who.click(`[data-command=${code}]`)
  await who.seen('[role=dialog] form')
  await fill?.()
  await who.press('Control+Enter')
  await gone(who)
}

/** Fills fields of a form by their labels. */
async function fields(who, values) {
  for (const [label, value] of Object.entries(values)) await who.page.locator('[role=dialog]').getByLabel(label).first().fill(value)
}

export const exchangeJourneys = [
  {
    name: 'exchange for a dearer pair: agreed, charged, sent back and inspected, paid, sent, told, delivered',
    async run({ browser, server, memo }) {
      const shop = memo.shopOf
      await server.api('POST', `/shops/${shop.id}/stock`, { articles: [
        { sku: 'SH-1902-WHT-38', style: 'SH-1902', title: '软底休闲鞋 白 38', price: 19900, on_hand: 0 },
        { sku: 'SH-8801-BRN-38', style: 'SH-8801', title: '牛皮短靴 棕 38', price: 22900, on_hand: 1 },
      ] })
      await server.api('POST', `/shops/${shop.id}/orders`, {
        platform: 'taobao', order_no: '990000000000009181', buyer: { key: '小满意_demo', nick: '小满意_demo', name: '满**' }, channel: 'distance', status: '交易成功',
        ordered_at: ago(5), paid_at: ago(5), shipped_at: ago(4), signed_on: ago(2).slice(0, 10), signed_by: 'self', attrs: { free_shipping: true },
        lines: [{ sku: 'SH-1902-WHT-38', title: '软底休闲鞋 白 38', category: 'shoes', quantity: 1, unit_price: 19900, net: 19900 }], payments: [{ tender: 'alipay', route: 'marketplace', reference: 'DEMO-9181', captured: 19900 }],
      })

      const agent = await Person.enter(browser, server, 'xiaoman', { first: 'apply' })
      await agent.seen('input.big')
      await agent.type('990000000000009181')
      await agent.press('Enter')
      await agent.seen('form.apply select')
      await agent.page.waitForFunction(() => document.activeElement?.tagName === 'SELECT')
      await agent.choose('size_mismatch')
      await agent.click('form.apply label:has-text("换货")')
      await agent.page.getByLabel('换成（SKU）').first().fill('SH-8801-BRN-38')
      await agent.see('牛皮短靴 棕 38')
      await agent.seen('.decision-panel .bundle.main')
      await agent.check('exchange, the form')
      await agent.press('Control+Enter')
      await agent.page.waitForURL(/\/cases\//)
      await becomes(agent, '待审核')
      await command(agent, 'approve')
      await becomes(agent, '待买家寄回')
      await agent.see('补差价 ¥30.00')
      expect('the last pair is held', (await agent.text('.line-head')).includes('已锁库存'))
      await agent.check('exchange, agreed')
      await agent.picture('exchange-agreed')
      const address = agent.page.url()
      await command(agent, 'fill_waybill', () => fields(agent, { 快递公司: '圆通', 快递单号: 'YTDEMO9181' }))
      await becomes(agent, '退件在途')

      const house = await Person.enter(browser, server, 'ayue', { first: 'receiving' })
      await house.page.waitForFunction(() => document.activeElement?.id === 'scan')
      await house.scan('YTDEMO9181')
      await house.page.waitForFunction(() => document.activeElement?.querySelector('.parcel')?.textContent.includes('YTDEMO9181'))
      await command(house, 'receive')
      await house.see('已收货，待验货')
      await house.press('i')
      await house.seen('[role=dialog] .facts')
      await house.page.locator('[role=dialog] button:has-text("全部符合")').click()
      await house.press('Control+Enter')
      await gone(house)
      await becomes(agent, '待顾客付款')
      // The bad turn: nothing leaves before the difference is paid.
      await house.page.goto(address)
      await becomes(house, '待顾客付款')
      expect('no button to send it', (await house.page.locator('[data-command=ship_out]').count()) === 0)

      const cash = await Person.enter(browser, server, 'jingjie')
      await cash.page.goto(address)
      await becomes(cash, '待顾客付款')
      await command(cash, 'collect', async () => {
        await fields(cash, { 收款流水号: 'BC-9181', 收到的金额: '20.00', 凭证: '补差截图 9181' }) // the bad turn: another amount
        await cash.press('Control+Enter')
        await cash.seen('[role=dialog] .field.wrong')
        await fields(cash, { 收到的金额: '30.00' })
      })
      await becomes(cash, '待发货')
      await cash.leave()

      await command(house, 'ship_out', () => fields(house, { 快递公司: 'EMS', 快递单号: 'EMSDEMO9181' }))
      await becomes(agent, '已发出')
      await command(agent, 'tell', () => agent.type('旺旺已发 EMS 单号'))
      await command(house, 'delivered')
      await becomes(agent, '买家已签收')
      await agent.see('已完结')
      await agent.check('exchange, done')
      await agent.picture('exchange-done')
      const wrong = [agent, house].flatMap((p) => p.wrong)
      await agent.leave()
      await house.leave()
      expect('nothing wrong with the pages', wrong.length === 0, wrong)
    },
  },
]
