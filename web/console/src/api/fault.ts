import type { components } from './schema'

export type Problem = components['schemas']['Problem']

/** What a call failed with: a problem of the server (RFC 9457), or no answer at all. */
export class Fault extends Error {
  readonly status: number // 0: no answer
  readonly problem?: Problem

  constructor(status: number, problem?: Problem) {
    super(problem?.detail ?? 'no answer')
    this.status = status
    this.problem = problem
  }

  get key() {
    return this.problem?.key ?? (this.status === 0 ? 'offline' : 'http.' + this.status)
  }
  get offline() {
    return this.status === 0
  }
  /** Somebody else changed the row first, or the situation has moved on. */
  get conflict() {
    return this.status === 409
  }
  private readonly shown = new Set<string>()
  /** What is wrong with one input. A form that asks for it shows it there, and not again below. */
  field(path: string) {
    this.shown.add(path)
    return this.problem?.fields?.find((f) => f.path === path)?.detail
  }
  /** What no input of the form shows. */
  get loose() {
    return this.problem?.fields?.filter((f) => !this.shown.has(f.path)) ?? []
  }
}

export const asFault = (e: unknown) => (e instanceof Fault ? e : new Fault(-1, undefined))
