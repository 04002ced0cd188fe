// What the journeys stand on: a server of their own, people in browsers who are counted, and axe.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
export const root = new URL('../../../', import.meta.url).pathname
export const pictures = new URL('../pictures/', import.meta.url).pathname

/** A fresh server with the demo shops, on a free port, in a folder that is removed with it. */
export async function serve() {
  const data = mkdtempSync(join(tmpdir(), 'sanbao-e2e-'))
  const child = spawn(join(root, 'bin/sanbao'), ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-demo-history'], { env: { ...process.env, SANBAO_DB: '' } })
  let out = ''
  let log = ''
  child.stderr.on('data', (b) => (log += b))
  const at = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the server did not start: ' + out + log.slice(-2000))), 90_000)
    child.stdout.on('data', (b) => {
      out += b
      const m = /on (http:\S+)/.exec(out)
      if (m) {
        clearTimeout(late)
        resolve(m[1])
      }
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${out}${log.slice(-2000)}`)))
  })
  const token = /sb_\S+/.exec(out)?.[0]
  const password = /shown this once:\s+([A-Z0-9-]{8,})/.exec(out)?.[1]
  if (!token || !password) throw new Error('no token or password in: ' + out)
  return {
    at,
    token,
    password,
    log: () => log,
    api: async (method, path, body) => {
      const o = { method, headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json', 'idempotency-key': Math.random().toString(36).slice(2) } }
      if (body) o.body = JSON.stringify(body)
      const r = await fetch(at + '/api/v1' + path, o)
      const answer = await r.json().catch(() => undefined)
      if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${JSON.stringify(answer)}`)
      return answer
    },
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit')
        child.on('exit', () => {
          rmSync(data, { recursive: true, force: true })
          resolve()
        })
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), 8000).unref()
      }),
  }
}

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'] })

/** Somebody at a browser. Keys and clicks are counted: docs/desks.md tells how many a journey takes. */
export class Person {
  keys = 0
  clicks = 0
  wrong = []

  static async enter(browser, server, login, o = {}) {
    const p = new Person()
    p.server = server
    p.context = await browser.newContext({ viewport: { width: o.width ?? 1440, height: o.height ?? 900 }, colorScheme: o.scheme ?? 'light', locale: o.locale ?? 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })
    // Chosen in this browser, or the language of the account would be turned to after the log-in.
    if (o.locale) await p.context.addInitScript((l) => localStorage.getItem('sanbao.lang') ?? localStorage.setItem('sanbao.lang', l), o.locale)
    await p.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.at })
    p.page = await p.context.newPage()
    p.page.setDefaultTimeout(10_000)
    p.page.on('pageerror', (e) => p.wrong.push('error in the page: ' + e.message))
    p.page.on('console', (m) => m.type() === 'error' && /Content Security Policy|React|Uncaught/.test(m.text()) && p.wrong.push('console: ' + m.text()))
    await p.page.goto(server.at)
    await p.page.waitForSelector('input[autocomplete=username]')
    await p.type(login)
    await p.press('Tab')
    await p.type(server.password)
    await p.press('Enter')
    await p.page.waitForSelector('.page-title')
    p.shop = o.shop ?? 'shoes'
    await p.go(o.first ?? 'today')
    await p.page.waitForSelector('.page-title')
    p.keys = p.clicks = 0
    return p
  }

  async press(...keys) {
    for (const k of keys) {
      await this.page.keyboard.press(k)
      this.keys++
    }
  }
  async type(text) {
    await this.page.keyboard.insertText(text)
    this.keys += [...text].length
  }
  /** As a hand-held scanner does it: key by key into the page, wherever the cursor stands, and Enter. */
  async scan(text) {
    await this.page.keyboard.type(text)
    await this.page.keyboard.press('Enter')
    this.keys += text.length + 1
  }
  async click(selector) {
    await this.page.click(selector)
    this.clicks++
  }
  /** Tab until the focus is on what the selector names. */
  async tabTo(selector, most = 40) {
    for (let i = 0; i <= most; i++) {
      if (await this.page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return
      await this.press('Tab')
    }
    throw new Error(`${selector} is not reached by ${most} tabs`)
  }
  /** Chooses an option of the focused select with the arrow keys. */
  async choose(value) {
    const steps = await this.page.evaluate((v) => {
      const s = document.activeElement
      return [...s.options].findIndex((o) => o.value === v) - s.selectedIndex
    }, value)
    for (let i = 0; i < Math.abs(steps); i++) await this.press(steps > 0 ? 'ArrowDown' : 'ArrowUp')
  }
  go(path) {
    return this.page.goto(`${this.server.at}/s/${this.shop}/${path}`)
  }
  see(text, o) {
    return this.page.getByText(text, o).first().waitFor()
  }
  seen(selector) {
    return this.page.waitForSelector(selector)
  }
  text(selector) {
    return this.page.textContent(selector)
  }
  async picture(name) {
    mkdirSync(pictures, { recursive: true })
    await this.page.screenshot({ path: join(pictures, name + '.png') })
  }
  /** Nothing that axe calls serious or critical, and nothing wider than the window. */
  async check(where) {
    await this.page.evaluate(axe)
    const found = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join('; ')}`)))
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (wide > 0) found.push(`${wide} px wider than the window`)
    for (const f of found) this.wrong.push(`${where}: ${f}`)
  }
  leave() {
    return this.context.close()
  }
}

export function expect(what, ok, got) {
  if (!ok) throw new Error(`expected ${what}${got === undefined ? '' : `, got ${JSON.stringify(got)}`}`)
}
