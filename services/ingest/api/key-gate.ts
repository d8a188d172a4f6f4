import type { Answer, Handle, Head } from '../../../adapters/http/route.ts'
import { type Bucket, owe, takeToken } from '../../../core/token-bucket.ts'
import { type ApiKey, holderOf } from './keys.ts'
import { notAuthenticated, problem } from './problem.ts'

/** Who may come in, and how often. A key's rate is counted by this instance alone. */
export type KeyGate = {
  /** 401 without a known key, 429 where it comes too often, else what `open` answers; the body is not read before. */
  withKey(head: Head, open: (key: ApiKey) => Answer | Handle): Answer | Handle
  /** A request that turned out to hold more alerts than one pays for them: what comes next waits longer. */
  charge(key: ApiKey, alerts: number): void
}

export type GateOptions = {
  /** Those that hold now; asked for each request. */
  readonly keys: () => readonly ApiKey[]
  /** Epoch ms. */
  readonly clock: () => number
}

export function keyGate({ keys, clock }: GateOptions): KeyGate {
  const buckets = new Map<string, Bucket>()
  return {
    withKey(head, open) {
      const key = holderOf(keys(), head.headers.authorization)
      if (key === undefined) return notAuthenticated
      if (key.limit === null) return open(key)
      const { bucket, waitMs } = takeToken(buckets.get(key.name), key.limit, clock())
      buckets.set(key.name, bucket)
      if (waitMs === 0) return open(key)
      const seconds = String(Math.ceil(waitMs / 1000))
      return problem(429, `This key sends too often; it may again in ${seconds} s`, { 'retry-after': seconds })
    },
    charge(key, alerts) {
      const bucket = buckets.get(key.name)
      if (key.limit !== null && bucket !== undefined && alerts > 1) buckets.set(key.name, owe(bucket, alerts - 1))
    },
  }
}
