import { describe, expect, it } from 'vitest'
import { heartbeats } from './heartbeat.ts'

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await new Promise(resolve => setImmediate(resolve))
  return done
}

describe('waiting for a heartbeat', () => {
  it('takes the second answer: the first may belong to a heartbeat that was sent before', async () => {
    const beats = heartbeats()
    const next = beats.next(new AbortController().signal)
    beats.beat()
    expect(await settled(next)).toBe(false)
    beats.beat()
    expect(await settled(next)).toBe(true)
  })

  it('ends when it is not wanted any more', async () => {
    const beats = heartbeats()
    const stop = new AbortController()
    const next = beats.next(stop.signal)
    stop.abort()
    expect(await settled(next)).toBe(true)
    expect(await settled(beats.next(stop.signal))).toBe(true)
  })
})
