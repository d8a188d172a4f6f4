import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Notice, Notifier } from './notifier.ts'

/** A notifier with a receiver that can be told how to behave. */
export type NotifierUnderTest = {
  readonly notifier: Notifier
  /** Texts that arrived at the receiver, in order. */
  received(): readonly string[]
  behave(as: 'accepts' | 'refuses' | 'hangs-up' | 'unreachable'): Promise<void>
  close(): Promise<void>
}

export const notice: Notice = {
  actionId: '0123456789abcdef0123456789abcdef',
  type: 'notify.webhook',
  target: 'soc',
  text: 'Case #12 Beacon to known host',
  caseNumber: 12,
}

/** What every notifier promises; run against the real ones and the fake. */
export function notifierContract(name: string, make: () => Promise<NotifierUnderTest>, sent: Notice = notice): void {
  describe(`the notifier contract: ${name}`, () => {
    let under: NotifierUnderTest
    beforeEach(async () => {
      under = await make()
    })
    afterEach(() => under.close())

    it('is done once the receiver confirms, after one call', async () => {
      expect((await under.notifier.send(sent, new AbortController().signal)).result).toBe('done')
      expect(under.received()).toEqual([sent.text])
    })
    it.each([
      ['refuses', 'failed', 1],
      ['hangs-up', 'unknown', 1],
      ['unreachable', 'failed', 0],
    ] as const)('answers for a receiver that %s: %s, after %d calls that arrived', async (as, result, calls) => {
      await under.behave(as)
      expect((await under.notifier.send(sent, new AbortController().signal)).result).toBe(result)
      expect(under.received()).toHaveLength(calls)
    })
    it('does not know the outcome of a call that was stopped', async () => {
      expect((await under.notifier.send(sent, AbortSignal.abort())).result).toBe('unknown')
    })
  })
}
