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
  field(path: string) {
    return this.problem?.fields?.find((f) => f.path === path)?.detail
  }
}

export const asFault = (e: unknown) => (e instanceof Fault ? e : new Fault(-1, undefined))
