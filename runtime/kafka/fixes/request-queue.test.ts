import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type RequestQueue,
  scheduleCheckPendingRequests,
  scheduleRequestTimeoutCheck,
  type TimeoutQueue,
} from './request-queue.ts'
import { original } from './upstream.ts'

const shipped = original<{ prototype: RequestQueue }>('network/requestQueue/index.js').prototype

function queue(schedule: RequestQueue['scheduleCheckPendingRequests'], pending: string[], throttledUntil: number) {
  let looks = 0
  const one: RequestQueue = {
    throttleCheckTimeoutId: null,
    throttledUntil,
    pending,
    checkPendingRequests() {
      looks++
      if (throttledUntil <= Date.now()) pending.pop()
      one.scheduleCheckPendingRequests()
    },
    scheduleCheckPendingRequests: schedule,
  }
  return { one, looks: () => looks }
}

describe('the queue of requests', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('sleeps where nothing waits; kafkajs looks every millisecond for ever', () => {
    const fixed = queue(scheduleCheckPendingRequests, [], -1)
    const stock = queue(shipped.scheduleCheckPendingRequests, [], -1)
    fixed.one.scheduleCheckPendingRequests()
    stock.one.scheduleCheckPendingRequests()
    vi.advanceTimersByTime(1_000)
    expect(fixed.looks()).toBe(0)
    expect(stock.looks()).toBeGreaterThan(900)
  })

  it('looks again while requests wait, then sleeps', () => {
    const { one, looks } = queue(scheduleCheckPendingRequests, ['a', 'b'], -1)
    one.scheduleCheckPendingRequests()
    vi.advanceTimersByTime(1_000)
    expect(one.pending).toEqual([])
    expect(looks()).toBe(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits until the broker has stopped throttling', () => {
    const { one, looks } = queue(scheduleCheckPendingRequests, ['a'], Date.now() + 300)
    one.scheduleCheckPendingRequests()
    vi.advanceTimersByTime(299)
    expect(looks()).toBe(0)
    vi.advanceTimersByTime(1)
    expect(looks()).toBe(1)
  })

  it('finds what had no answer in time within a second; kafkajs looks ten times as often', () => {
    const looked = (schedule: (this: TimeoutQueue) => void) => {
      const timedOut: number[] = []
      let looks = 0
      const request = { sentAt: Date.now(), requestTimeout: 10_000, timeoutRequest: () => timedOut.push(Date.now()) }
      const requests = new Map([[1, request]])
      const one: TimeoutQueue = {
        enforceRequestTimeout: true,
        requestTimeout: 10_000,
        inflight: requests,
        isConnected: () => {
          looks++
          return true
        },
        destroy: () => clearInterval(one.requestTimeoutIntervalId),
      }
      schedule.call(one)
      const began = Date.now()
      vi.advanceTimersByTime(11_000)
      one.destroy()
      return { looks, after: (timedOut[0] ?? 0) - began }
    }
    const fixed = looked(scheduleRequestTimeoutCheck)
    const stock = looked((shipped as unknown as { scheduleRequestTimeoutCheck(): void }).scheduleRequestTimeoutCheck)
    expect(fixed).toEqual({ looks: 11, after: 11_000 })
    expect(stock.looks).toBe(110)
  })
})
