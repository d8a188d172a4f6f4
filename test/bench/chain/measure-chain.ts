import { setTimeout as pause } from 'node:timers/promises'
import type { Chain } from '../../../cli/up/chain.ts'
import { kafkaChain } from '../../../cli/up/kafka-chain.ts'
import { rawIdOf } from '../../../core/ids.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { benchSeal, sealedFor } from '../alerts/alert-events.ts'
import { type RawAlert, rawAlerts } from '../alerts/raw-alerts.ts'
import { type Load, loadBetween, usageOf } from '../service/usage.ts'
import { arrivals } from './arrivals.ts'
import { postAlert } from './post-alert.ts'
import { type ChainFigures, type Timings, timings } from './timings.ts'

export type ChainLoad = {
  readonly brokers: string
  readonly registry: string
  readonly prefix: string
  readonly perSecond: number
  readonly warmUpSeconds: number
  readonly seconds: number
  /** One alert in this many goes through the HTTP intake, the others straight to `alerts.raw`; 0: none. */
  readonly httpOneIn: number
  readonly seed?: number
  readonly partitions?: number
}

export type ChainMeasured = { readonly figures: ChainFigures; readonly loads: ReadonlyMap<string, Load> }

/** How often what is due is sent; it counts as waiting, since an alert's time begins when it is due. */
const everyMs = 5
/** How long the last alerts may take before they count as missing. */
const patienceMs = 30_000

/**
 * The five services as processes, the broker as it is, and a source that sends on a schedule fixed in advance. An alert's
 * time ends when a read_committed reader has the event that links it to a case, or counts it as a repeat.
 */
export async function measureChain(load: ChainLoad): Promise<ChainMeasured> {
  const chain = await kafkaChain(
    {
      env: {},
      progress: () => undefined,
      ...(load.partitions === undefined ? {} : { partitions: load.partitions }),
    },
    {
      ...process.env,
      VIGIA_KAFKA_BROKERS: load.brokers,
      VIGIA_REGISTRY_URL: load.registry,
      VIGIA_PREFIX: load.prefix,
      VIGIA_SEAL_SECRET: benchSeal,
    },
  )
  const stop = new AbortController()
  try {
    const told = timings()
    const reading = read(chain, told, stop.signal)
    const measured = await Promise.race([send(chain, load, told), chain.failed, reading.then(() => unexpected())])
    return measured
  } finally {
    stop.abort()
    await chain.stop()
  }
}

async function send(chain: Chain, load: ChainLoad, told: Timings): Promise<ChainMeasured> {
  const { perSecond, warmUpSeconds, seconds, httpOneIn } = load
  const count = Math.ceil(perSecond * (warmUpSeconds + seconds))
  const next = rawAlerts({ seed: load.seed ?? 300, tenants: 200 })
  const alerts = Array.from({ length: count }, () => next())
  const topic = chain.prefix + topics.alertsRaw.name
  const partitions = (await chain.log.bounds(topic)).length
  const isByHttp = ({ shape }: RawAlert, number: number) => shape === 'thehive' && number % httpOneIn === 0
  const startsAt = Date.now() + 500
  const schedule = arrivals(startsAt, perSecond, count)
  const measuredFrom = startsAt + warmUpSeconds * 1000
  let before = await usageOf(chain.metrics)
  let isWarm = false
  let failure: unknown
  const sent: Promise<unknown>[] = []
  const failed = (error: unknown) => {
    failure ??= error
  }
  while (!schedule.isOver() && failure === undefined) {
    const due = schedule.take(Date.now())
    const straight: { readonly number: number; readonly alert: RawAlert }[] = []
    for (const number of due) {
      const alert = alerts[number]
      if (alert === undefined) continue
      if (httpOneIn > 0 && isByHttp(alert, number)) sent.push(post(number, alert.value).catch(failed))
      else straight.push({ number, alert })
    }
    if (straight.length > 0) sent.push(append(straight).catch(failed))
    if (!isWarm && Date.now() >= measuredFrom) {
      isWarm = true
      before = await usageOf(chain.metrics)
    }
    await pause(everyMs)
  }
  const loads = loadBetween(before, await usageOf(chain.metrics))
  await Promise.all(sent)
  if (failure !== undefined) throw failure
  for (const until = Date.now() + patienceMs; told.open() > 0 && Date.now() < until; ) await pause(50)
  return { figures: told.figures(measuredFrom, measuredFrom + seconds * 1000), loads }

  async function post(number: number, body: Buffer<ArrayBuffer>): Promise<void> {
    const rawId = await postAlert(chain, body)
    told.acknowledged(rawId, schedule.dueAt(number), Date.now())
  }

  async function append(batch: readonly { readonly number: number; readonly alert: RawAlert }[]): Promise<void> {
    const records = batch.map(({ number, alert: { tenant, value } }) => ({
      ...{ topic, partition: number % partitions, key: null, value, headers: sealedFor(tenant, value) },
    }))
    const places = await chain.log.append(records)
    const ackAt = Date.now()
    for (const [index, { partition, offset }] of places.entries()) {
      const number = batch[index]?.number ?? 0
      told.acknowledged(rawIdOf(topics.alertsRaw.name, partition, offset), schedule.dueAt(number), ackAt)
    }
  }
}

async function read(chain: Chain, told: Timings, signal: AbortSignal): Promise<void> {
  const topic = chain.prefix + topics.caseEvents.name
  for await (const records of chain.log.read(topic, { from: 'beginning', signal })) {
    const now = Date.now()
    await chain.codec.learn(records.map(record => record.value))
    for (const { value } of records) {
      if (value === null) continue
      const { kind, rawId } = chain.codec.decode(topics.caseEvents, value)
      if (typeof rawId === 'string' && (kind === 'alert-linked' || kind === 'alert-repeated')) told.seen(rawId, now)
    }
  }
}

function unexpected(): never {
  throw new Error('the reader of case-events ended')
}
