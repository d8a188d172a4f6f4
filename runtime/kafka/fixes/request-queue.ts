import { upstream } from './upstream.ts'

export type RequestQueue = {
  throttleCheckTimeoutId: NodeJS.Timeout | null
  readonly throttledUntil: number
  readonly pending: readonly unknown[]
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const CHECK_INTERVAL_MS = 10
/** Requests time out after 10 s and more. */
const TIMEOUT_CHECK_MS = 1_000

type InFlight = { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }
export type TimeoutQueue = {
  readonly enforceRequestTimeout: boolean
  readonly requestTimeout: number
  readonly inflight: ReadonlyMap<number, InFlight>
  requestTimeoutIntervalId?: NodeJS.Timeout
  isConnected(): boolean
  destroy(): void
}

/** D2. Looks again only while requests wait. kafkajs arms a timer of a negative delay, so 1 ms, for ever. */
export function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return
  const wait = Math.max(this.throttledUntil - Date.now(), CHECK_INTERVAL_MS)
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null
    this.checkPendingRequests()
  }, wait)
}

/** Looks for requests that have had no answer once a second; kafkajs looks ten times, on every connection, for ever. */
export function scheduleRequestTimeoutCheck(this: TimeoutQueue): void {
  if (!this.enforceRequestTimeout) return
  this.destroy()
  const look = () => {
    for (const request of this.inflight.values()) {
      if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest()
    }
    if (!this.isConnected()) this.destroy()
  }
  this.requestTimeoutIntervalId = setInterval(look, Math.min(this.requestTimeout, TIMEOUT_CHECK_MS))
}

export function fixRequestQueue(): void {
  const { prototype } = upstream<{ prototype: RequestQueue & { scheduleRequestTimeoutCheck: unknown } }>(
    'network/requestQueue/index.js',
  )
  prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests
  prototype.scheduleRequestTimeoutCheck = scheduleRequestTimeoutCheck
}
