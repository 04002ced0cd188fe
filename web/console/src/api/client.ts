// The one way to the server. Types come from docs/openapi.yaml (npm run types).
import createClient from 'openapi-fetch'
import { language } from '../i18n'
import { Fault, type Problem } from './fault'
import type { paths } from './schema'
import { session } from './session'

/** Sends a request; after a log-in over the page it goes out again as it was. */
async function send(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', language())
  const again = request.clone()
  let answer: Response
  try {
    answer = await fetch(request)
  } catch (e) {
    if (request.signal.aborted) throw e
    session.answered(false)
    throw new Fault(0)
  }
  session.answered(true)
  if (answer.status === 401 && !/\/(login|me)$/.test(new URL(request.url).pathname) && (await session.expired())) return send(again)
  return answer
}

export const api = createClient<paths>({ baseUrl: '', fetch: send })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of an answer, or a Fault. */
export async function ok<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  throw new Fault(response.status, isProblem(error) ? error : undefined)
}

const isProblem = (e: unknown): e is Problem => typeof e === 'object' && e !== null && 'detail' in e && 'key' in e

/** A call whose route the types do not know, or whose body is not JSON. */
export async function call<T>(method: string, path: string, o: { json?: unknown; body?: BodyInit; type?: string; key?: string; signal?: AbortSignal } = {}): Promise<T> {
  const headers = new Headers()
  if (o.key) headers.set('Idempotency-Key', o.key)
  if (o.json !== undefined) headers.set('Content-Type', 'application/json')
  else if (o.type) headers.set('Content-Type', o.type)
  const r = await send(new Request(path, { method, headers, body: o.json === undefined ? o.body : JSON.stringify(o.json), signal: o.signal }))
  const text = await r.text()
  let body: unknown
  try {
    body = text === '' ? undefined : JSON.parse(text)
  } catch {
    body = undefined
  }
  if (!r.ok) throw new Fault(r.status, isProblem(body) ? body : undefined)
  return body as T
}

/** The body of an answer that is text. */
export async function textOf(path: string): Promise<string> {
  const r = await send(new Request(path))
  const text = await r.text()
  if (r.ok) return text
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  throw new Fault(r.status, isProblem(body) ? body : undefined)
}

/** A new key for a new intention. crypto.randomUUID is there on https and localhost only. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}
