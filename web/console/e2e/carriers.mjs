// The journeys of parcels: where they are, what carriers are asked, what is claimed from them.
import { expect, Person } from './kit.mjs'

const ago = (hours) => new Date(Date.now() - hours * 3600e3).toISOString()
const gone = (who) => who.page.waitForSelector('[role=dialog]', { state: 'detached' })

/** Presses a button of an enquiry or a claim, be it in the menu, and waits for its form. */
async function step(who, code, name) {
  const button = who.page.locator(`.matter [data-command=${code}]`).first()
  if (await button.count()) await button.click()
  else {
    await who.page.locator('.matter button[aria-haspopup=menu]').first().click()
    await who.page.click(`[role=menuitem]:has-text("${name}")`)
  }
  await who.seen('[role=dialog] button[type=submit]')
  await who.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form'))
}

export const carrierJourneys = [
  {
    name: 'SN-04 a parcel stands still: asked about, the customer told, lost, claimed; a number of another carrier, nothing closed behind her back',
    async run({ browser, server, memo }) {
      const boss = await Person.enter(browser, server, 'laozhou', { shop: 'snack' })
      memo.boss = boss
      const shop = (await server.api('GET', '/shops')).find((s) => s.code === 'snack')
      const o = await server.api('POST', `/shops/${shop.id}/orders`, {
        platform: '', order_no: '990000000000009304', buyer: { key: 'wei', nick: '卫女士', name: '卫女士', phone: '13800138077' }, channel: 'distance', status: '已发货',
        ordered_at: ago(100), paid_at: ago(100), shipped_at: ago(80), signed_by: 'unknown', lines: [{ sku: 'SN-0001', title: '曲奇叔叔', category: 'food', quantity: 4, unit_price: 2000, net: 8000 }],
        payments: [{ tender: 'wechat', route: 'bank', reference: 'W9304', captured: 8000 }],
      })
      const v = await server.api('POST', `/shops/${shop.id}/cases`, { channel: 'chat', lines: [{ order_line_id: o.lines[0].id, quantity: 4, ground: 'logistics_delay', remedy: 'refund_only', facts: { 'order.delivery': 'in_transit', 'finding.not_delivered': true } }] })
      await boss.go('cases/' + v.case.id)
      await boss.page.click('[data-command=add_parcel]')
      await boss.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form')) // the form has the cursor: it will not move any more
      // The bad turn: the number is 圆通's, and 顺丰 was typed.
      await boss.page.fill('[role=dialog] input:not(.mono)', '顺丰')
      await boss.page.fill('[role=dialog] input.mono', 'YT8962646785399')
      await boss.see('这个单号看起来是圆通速递的')
      await boss.check('waybill of another carrier')
      await boss.page.click('[role=dialog] .note button')
      expect('the carrier put right', (await boss.page.inputValue('[role=dialog] input:not(.mono)')) === '圆通速递')
      await boss.press('Control+Enter')
      await gone(boss)
      await boss.page.click('[data-command=track]')
      await boss.page.selectOption('[role=dialog] select', 'in_transit')
      await boss.page.fill('[role=dialog] textarea', '【武汉市】已到达 武汉转运中心')
      await boss.check('tracking by hand')
      await boss.press('Control+Enter')
      await boss.see('武汉转运中心')
      await gone(boss)
      await boss.page.click('[data-command=enquire]')
      await boss.page.check('[role=dialog] input[value=stuck]')
      await boss.check('enquiry')
      await boss.press('Control+Enter')
      await boss.seen('.matter')
      await gone(boss)
      await boss.page.waitForFunction(() => document.querySelector('.case-title .status')?.textContent === '待快递')
      await boss.picture('enquiry')
      expect('no end before she heard', (await boss.page.locator('[data-command=close_enquiry]').count()) === 0)
      for (const [code, name, text] of [['carrier_answered', '登记快递答复', '中转丢失'], ['tell_customer', '登记已反馈顾客', '丢了，今天退款'], ['close_enquiry', '查件结束', '按丢件退款']]) {
        await step(boss, code, name)
        await boss.page.fill('[role=dialog] textarea', text)
        await boss.press('Control+Enter')
        await gone(boss)
        await boss.see(text)
      }
      await boss.page.click('[data-command=claim_carrier]')
      await boss.page.check('[role=dialog] input[value=lost]')
      await boss.press('Control+Enter')
      await boss.seen('.matter [data-command=file_claim]')
      await gone(boss)
      await step(boss, 'file_claim', '提交索赔')
      expect('the goods’ price to begin with', (await boss.page.inputValue('[role=dialog] input[inputmode=decimal]')) === '80.00')
      await boss.check('claim')
      await boss.press('Control+Enter')
      await gone(boss)
      await boss.see('已提交索赔')
      await step(boss, 'claim_granted', '快递同意赔付')
      await boss.page.fill('[role=dialog] input[inputmode=decimal]', '90') // the bad turn: more than was asked
      await boss.page.fill('[role=dialog] textarea', '按货值赔')
      await boss.press('Control+Enter')
      await boss.see('快递赔付不超过索赔金额')
      await boss.page.fill('[role=dialog] input[inputmode=decimal]', '80')
      await boss.press('Control+Enter')
      await gone(boss)
      await boss.see('待快递赔付')
      await boss.check('case with its carrier')
      await boss.picture('claim')
      await boss.leave()
      delete memo.boss
    },
  },
]
