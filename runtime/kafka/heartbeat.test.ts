import { describe, expect, it } from 'vitest'
import { beatWhile, heartbeats } from './heartbeat.ts'

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

describe('a heartbeat while work is in hand', () => {
  it('goes on until the work has ended, and answers what the work answers', async () => {
    const work = Promise.withResolvers<string>()
    let beats = 0
    const heartbeat = async () => {
      beats += 1
      if (beats === 3) work.resolve('done')
    }
    expect(await beatWhile(work.promise, heartbeat, 1)).toEqual({ result: 'done', failure: undefined })
    expect(beats).toBe(3)
  })

  it('answers a failure beside what the work answers, and sends no more', async () => {
    const work = Promise.withResolvers<string>()
    let beats = 0
    const heartbeat = async () => {
      beats += 1
      setTimeout(() => work.resolve('done'), 20)
      throw new Error('rebalance')
    }
    expect(await beatWhile(work.promise, heartbeat, 1)).toEqual({
      result: 'done',
      failure: { error: new Error('rebalance') },
    })
    expect(beats).toBe(1)
  })

  it('stops where the work takes longer than any work may', async () => {
    const work = Promise.withResolvers<string>()
    let beats = 0
    const heartbeat = async () => {
      beats += 1
    }
    const waiting = beatWhile(work.promise, heartbeat, 1, -1)
    setTimeout(() => work.resolve('done'), 20)
    expect(await waiting).toEqual({ result: 'done', failure: undefined })
    expect(beats).toBe(0)
  })
})
