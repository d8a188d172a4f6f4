import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../core/errors.ts'
import type { Log, OutRecord } from '../../../runtime/log.ts'
import { sealHeaders } from '../../../services/ingest/trust.ts'
import type { RawAlert } from './alerts.ts'

/** Where an acknowledged raw record lies, and what was sent. */
export type Acknowledged = { readonly partition: number; readonly offset: number; readonly alert: RawAlert }

export type Source = {
  /** What had come due; it waits here while the brokers do not take it. */
  readonly due: () => number
  readonly acknowledged: readonly Acknowledged[]
  /** Sends that were refused, each sent again with the same content: it may stand twice then. */
  readonly refused: () => number
  /** Sends what is due still, and ends. */
  finish(withinMs: number): Promise<void>
}

export type SourceOptions = {
  readonly log: Log
  readonly topic: string
  readonly partitions: number
  readonly next: () => RawAlert
  readonly perSecond: number
  readonly seal: string
  /** Holds arrivals back while more than `window` records are not decided on; said, since then it is no open loop. */
  readonly window: number
  readonly undecided: () => number
  readonly say: (line: string) => void
}

const tickMs = 100
const mostTogether = 200
const afterRefusalMs = 200

/** Open loop: alerts come due by the clock alone, whatever the pipeline does. */
export function startSource(options: SourceOptions): Source {
  const { log, topic, partitions, next, perSecond, window, say } = options
  const acknowledged: Acknowledged[] = []
  const waiting: { readonly alert: RawAlert; readonly record: OutRecord }[] = []
  let due = 0
  let refused = 0
  let arriving = true
  let holding = false
  let credit = 0
  let before = performance.now()

  const timer = setInterval(() => {
    const now = performance.now()
    credit += ((now - before) * perSecond) / 1000
    before = now
    const isFull = options.undecided() > window
    if (isFull !== holding) say(isFull ? `source: held, more than ${window} are undecided` : 'source: goes on')
    holding = isFull
    if (isFull) credit = 0
    for (; credit >= 1; credit--) {
      const alert = next()
      const value = Buffer.from(alert.body)
      const origin = { tenant: alert.tenant, source: null, origin: 'accepted', refused: null } as const
      const headers = sealHeaders(origin, value, options.seal)
      waiting.push({ alert, record: { topic, partition: due % partitions, key: null, value, headers } })
      due += 1
    }
  }, tickMs)

  const sending = (async () => {
    while (arriving || waiting.length > 0) {
      const together = waiting.slice(0, mostTogether)
      if (together.length === 0) {
        await sleep(tickMs / 2)
        continue
      }
      try {
        const places = await log.append(together.map(each => each.record))
        waiting.splice(0, together.length)
        for (const [index, place] of places.entries()) {
          const sent = together[index]
          if (sent !== undefined) acknowledged.push({ ...place, alert: sent.alert })
        }
      } catch (error) {
        refused += 1
        say(`source: ${together.length} records not acknowledged, sent again: ${messageOf(error)}`)
        await sleep(afterRefusalMs)
      }
    }
  })()
  sending.catch(() => {})

  return {
    due: () => due,
    acknowledged,
    refused: () => refused,
    async finish(withinMs) {
      arriving = false
      clearInterval(timer)
      const late = new AbortController()
      const timeout = sleep(withinMs, 'late', { signal: late.signal, ref: false }).catch(() => 'ended')
      const how = await Promise.race([sending.then(() => 'sent'), timeout])
      late.abort()
      if (how === 'late') throw new Error(`${waiting.length} records were not acknowledged within ${withinMs / 1000} s`)
    },
  }
}
