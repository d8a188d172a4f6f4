import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RequestQueue, scheduleCheckPendingRequests } from './request-queue.ts'
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
})
