import { setTimeout as sleep } from 'node:timers/promises'
import { topics } from '../../schemas/catalogue.ts'
import type { Source } from './evidence.ts'
import { until } from './until.ts'

/** What happens when so many alerts have been sent; the flow goes on meanwhile. */
export type Moment = { readonly after: number; readonly what: string; act(): Promise<void> }

const batch = 25
/** So many may be under way; more are sent as the chain takes them, so that the flow lasts while things are killed. */
const window = 300

/**
 * Sends alerts as bytes to all partitions of `alerts.raw`, and lets things happen at their moments. Resolves when all is
 * sent and all has happened.
 */
export async function sendWhile(source: Source, alerts: readonly object[], moments: readonly Moment[]): Promise<void> {
  const { log, prefix } = source
  const partitions = topics.alertsRaw.partitions
  const happening: Promise<void>[] = []
  const left = [...moments].sort((a, b) => a.after - b.after)
  for (let sent = 0; sent < alerts.length; ) {
    while (left[0] !== undefined && left[0].after <= sent) {
      const moment = left.shift()
      if (moment === undefined) break
      console.log(`after ${sent} alerts: ${moment.what}`)
      const happens = moment.act()
      happens.catch(() => undefined)
      happening.push(happens)
    }
    const next = alerts.slice(sent, sent + batch)
    await log.append(
      next.map((alert, index) => ({
        topic: prefix + topics.alertsRaw.name,
        partition: (sent + index) % partitions,
        key: null,
        value: Buffer.from(JSON.stringify(alert)),
      })),
    )
    sent += next.length
    await until(
      'room for more alerts',
      async () => ((await underWay(source, sent)) < window ? true : undefined),
      120_000,
      50,
    )
  }
  for (const moment of left) {
    console.log(`after all alerts: ${moment.what}`)
    happening.push(moment.act())
  }
  await Promise.all(happening)
}

/** A kill at a random time within the next half second: not in step with the batches. */
export async function atRandomWithin(ms: number, act: () => Promise<void>): Promise<void> {
  await sleep(ms)
  await act()
}

async function underWay({ log, prefix }: Source, sent: number): Promise<number> {
  const ingested = await log.committed(`${prefix}ingest.normalise`, prefix + topics.alertsRaw.name)
  const folded = await log.committed(`${prefix}case-builder.fold`, prefix + topics.alerts.name)
  const ends = await log.bounds(prefix + topics.alerts.name)
  const raw = sent - sum([...ingested.values()].map(each => each.offset))
  const alerts = sum(ends.map(({ partition, end }) => end - (folded.get(partition)?.offset ?? 0)))
  return raw + alerts
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
