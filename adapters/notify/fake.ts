import type { Notice, Notifier, Sent } from './notifier.ts'

export type FakeNotifier = Notifier & {
  /** Every call that reached the receiver, in order. */
  readonly received: readonly Notice[]
  /** What comes of the calls from now on; `unreachable` ones are not received. */
  behave(as: 'accepts' | 'refuses' | 'hangs-up' | 'unreachable'): void
}

/** A receiver in memory that behaves as the contract says a real one does. */
export function fakeNotifier(): FakeNotifier {
  const received: Notice[] = []
  let behaviour: Parameters<FakeNotifier['behave']>[0] = 'accepts'
  const sent = (): Sent => {
    if (behaviour === 'accepts') return { result: 'done', says: 'answered 200' }
    if (behaviour === 'refuses') return { result: 'failed', says: 'answered 400' }
    return { result: 'unknown', says: 'no answer: ECONNRESET' }
  }
  return {
    received,
    behave(as) {
      behaviour = as
    },
    async send(notice, signal) {
      if (behaviour === 'unreachable') return { result: 'failed', says: 'not reached: ECONNREFUSED' }
      if (signal.aborted) return { result: 'unknown', says: 'stopped while the call was under way' }
      received.push(notice)
      return sent()
    },
  }
}
