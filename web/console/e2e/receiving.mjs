// The journeys of the receiving desk that take the goods as they are: another serial number, one unit too many.
import { expect, Person } from './kit.mjs'

const ago = (days) => new Date(Date.now() - days * 864e5).toISOString()
const gone = (who) => who.page.waitForSelector('[role=dialog]', { state: 'detached' })
const form = (who) => who.page.waitForFunction(() => document.activeElement?.closest('[role=dialog] form'))
const phone = { width: 390, height: 844, first: 'receiving' }

/** Two units sold, and a return of some of them on its way. */
async function onItsWay(server, orderNo, waybill, units, serials) {
  const shop = (await server.api('GET', '/shops')).find((s) => s.code === 'shoes')
  const o = await server.api('POST', `/shops/${shop.id}/orders`, {
    order_no: orderNo, buyer: { key: orderNo, nick: '林小姐', name: '林小姐', phone: '13800138055' }, channel: 'distance', status: '交易成功', ordered_at: ago(5), paid_at: ago(5), shipped_at: ago(4),
    signed_on: ago(2).slice(0, 10), signed_by: 'self', lines: [{ sku: 'SH-2401-BLK-38', title: '发热单鞋 黑色 38', category: 'shoes', quantity: 2, unit_price: 9900, net: 19800, ...(serials ? { serials } : {}) }],
    payments: [{ tender: 'alipay', route: 'gateway', reference: 'T' + orderNo, captured: 19800 }],
  })
  const ask = async (quantity, no) => {
    let v = await server.api('POST', `/shops/${shop.id}/cases`, { channel: 'chat', lines: [{ order_line_id: o.lines[0].id, quantity, ground: 'size_mismatch', remedy: 'refund_return', facts: { 'goods.worn': false } }] })
    v = await server.api('POST', `/shops/${shop.id}/lines/${v.lines[0].id}/approve`, {})
    return no ? server.api('POST', `/shops/${shop.id}/parcels/${v.movements[0].id}/waybill`, { carrier: '圆通速递', waybill: no }) : v
  }
  return { v: await ask(units, waybill), ask }
}

export const receivingJourneys = [
  {
    name: 'another serial number than sold: one of two is kept apart, nothing is paid for it, and the supervisor sends it home',
    async run({ browser, server }) {
      const { v } = await onItsWay(server, '990000000000009601', 'YT9601000000001', 2, ['SN-88001', 'SN-88002'])
      const house = await Person.enter(browser, server, 'ayue', phone)
      await house.seen('#scan')
      await house.scan('YT9601000000001')
      await house.seen('[data-command=receive]')
      await house.press('r')
      await form(house)
      await house.press('Control+Enter')
      await gone(house)
      await house.seen('[data-command=inspect]')
      await house.press('i')
      await form(house)
      await house.page.click('[role=dialog] button:has-text("全部符合")')
      await house.page.focus('.serials input[type=text]')
      await house.scan('SN-88001') // the scanner's Enter leads to the next number, it sends nothing
      await house.scan('SN-77777')
      await house.see('不是售出的那件')
      await house.check('serial numbers, phone')
      await house.picture('serial-mismatch-phone')
      await house.press('Control+Enter')
      await gone(house)
      await house.see('序列号对不上，已隔离')
      await house.see('SN-77777')
      await house.check('quarantine, phone')
      expect('nobody of the warehouse lets it through', (await house.page.locator('[data-command=release]').count()) === 0)
      await house.leave()

      const boss = await Person.enter(browser, server, 'laozhou')
      await boss.go('cases/' + v.case.id)
      await boss.page.click('[role=tab]:has-text("隔离待查")')
      await boss.see('SN-88001、SN-88002')
      expect('one refund, of the right one', (await server.api('GET', `/shops/${(await server.api('GET', '/shops')).find((s) => s.code === 'shoes').id}/cases/${v.case.id}`)).settlements.length === 1)
      await boss.check('quarantine')
      await boss.picture('quarantine')
      await boss.page.click('.decision-panel button[aria-haspopup=menu]')
      await boss.page.click('[role=menuitem]:has-text("不是售出的那件")')
      await form(boss)
      await boss.type('序列号 SN-77777 不是本店售出的')
      await boss.press('Control+Enter')
      await gone(boss)
      await boss.see('待发货')
      await boss.leave()
    },
  },
  {
    name: 'one unit too many: counted with the thumb, live on another shelf, claimed when the customer asks for it',
    async run({ browser, server }) {
      const { ask } = await onItsWay(server, '990000000000009602', 'YT9602000000001', 1)
      const shelf = await Person.enter(browser, server, 'ayue')
      await shelf.go('receiving?room=shelf')
      await shelf.seen('.views')
      await shelf.page.waitForFunction(() => !document.querySelector('.skeleton'))
      const house = await Person.enter(browser, server, 'ayue', phone)
      await house.seen('#scan')
      await house.scan('YT9602000000001')
      await house.seen('[data-command=receive]')
      await house.page.click('[data-command=receive]')
      await form(house)
      await house.page.click('.stepper .btn >> nth=1')
      await house.see('多出 1 件')
      await house.check('too many, phone')
      await house.picture('surplus-phone')
      await house.press('Control+Enter')
      await gone(house)
      await house.see('多出 1 件，在无主件架')
      const unit = '.picks button:has-text("YT9602000000001")'
      await shelf.seen(unit) // by itself
      await shelf.page.click(unit)
      await shelf.see('顾客还没有为它申请售后')
      await shelf.check('a unit on the shelf')
      await shelf.picture('surplus-shelf')
      await ask(1)
      await shelf.seen('.owners button:has-text("认领")')
      await shelf.page.click('.owners button:has-text("认领")')
      await shelf.see('已收货，待验货')
      await house.leave()
      await shelf.leave()
    },
  },
]
