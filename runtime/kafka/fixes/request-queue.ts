import { upstream } from './upstream.ts'

export type RequestQueue = {
  throttleCheckTimeoutId: NodeJS.Timeout | null
  readonly throttledUntil: number
  readonly pending: readonly unknown[]
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const CHECK_INTERVAL_MS = 10

/** D2. Looks again only while requests wait. kafkajs arms a timer of a negative delay, so 1 ms, for ever. */
export function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return
  const wait = Math.max(this.throttledUntil - Date.now(), CHECK_INTERVAL_MS)
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null
    this.checkPendingRequests()
  }, wait)
}

export function fixRequestQueue(): void {
  upstream<{ prototype: RequestQueue }>('network/requestQueue/index.js').prototype.scheduleCheckPendingRequests =
    scheduleCheckPendingRequests
}
