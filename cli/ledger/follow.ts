import type { Codec } from '../../runtime/codec.ts'
import type { Log, LogRecord, PartitionBounds, ReadFrom } from '../../runtime/log.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord, CaseEvent, DeadLetterRecord } from '../../schemas/generated/types.ts'
import type { Topic } from '../../schemas/topic.ts'
import { type Account, accountOf } from './account.ts'
import { merged } from './merged.ts'
import type { Committed } from './open-record.ts'
import { absentOf, coversOf, type OffsetRange, type Range, type Remains, type Truncated, truncatedOf } from './range.ts'

export type Place = { readonly log: Log; readonly codec: Codec; readonly prefix: string }

export type FollowOptions = {
  readonly range?: Range
  /** See `AccountOptions`. */
  readonly remembers: 'all' | 'open'
  /** Of every event on `alerts` that is read, in the range or not. */
  readonly see?: (record: AlertRecord) => void
  /** After each batch: records read in this round, of at most how many. */
  readonly onRead?: (read: number, most: number) => void
}

/** An account that is kept up to date by reading on from where it ended. */
export type Following = {
  readonly account: Account
  /** Reads all topics to their ends; then the account stands as it was when this was called, or later. */
  round(): Promise<void>
  /** Where retention has taken what the range may have held. */
  truncated(): Promise<readonly Truncated[]>
  /** What the range names that is not there, as of the last round. */
  absent(): readonly OffsetRange[]
}

const followed = [topics.alertsRaw, topics.alerts, topics.caseEvents, topics.dlq] as const
type Followed = (typeof followed)[number]

/** What followed from a record bears a later time, by the clocks of brokers that may differ by this much. */
const slackMs = 10 * 60_000

/**
 * The committed offsets are read first: what lies below them was decided on before, so its outcome must be found in what
 * is read afterwards. Where the range has an end each topic is read before the next: a record behind the end may be
 * another attempt at a part within.
 */
export function followLedger({ log, codec, prefix }: Place, options: FollowOptions): Following {
  const { range = {}, remembers, see, onRead } = options
  const positions = new Map<Followed, Map<number, number>>()
  let begin: number | undefined
  let covers: ReturnType<typeof coversOf> | undefined
  let absent: readonly OffsetRange[] = []
  const account = accountOf({ covers: (place, at) => covers?.(place, at) ?? false, remembers })
  const inTurn: readonly (readonly Followed[])[] =
    range.to === undefined && range.offsets === undefined ? [followed] : followed.map(topic => [topic])

  async function committed(): Promise<Committed> {
    const of = async (group: string, topic: Topic) => {
      const offsets = await log.committed(prefix + group, prefix + topic.name)
      return new Map([...offsets].map(([partition, { offset }]) => [partition, offset]))
    }
    return {
      folded: await of('case-builder.fold', topics.alerts),
      ingested: await of('ingest.normalise', topics.alertsRaw),
    }
  }

  /** Where to read on, and in which partitions there is anything. */
  function placeIn(topic: Followed, bounds: readonly PartitionBounds[]) {
    const known = positions.get(topic)
    const offsets = topic === topics.alertsRaw ? range.offsets : undefined
    const places = bounds
      .filter(({ partition }) => offsets === undefined || offsets.some(each => each.partition === partition))
      .map(({ partition, start, end }) => {
        const wanted = (offsets ?? []).filter(each => each.partition === partition).map(each => each.from)
        const first = wanted.length === 0 ? start : Math.min(...wanted)
        return { partition, end, from: Math.min(end, Math.max(start, known?.get(partition) ?? first)) }
      })
      .filter(({ from, end }) => from < end)
    const time = topic === topics.alertsRaw ? range.from : begin === undefined ? undefined : begin - slackMs
    const fromOffsets = { offsets: new Map(places.map(({ partition, from }) => [partition, from])) }
    const from: ReadFrom = known !== undefined || offsets !== undefined || time === undefined ? fromOffsets : { time }
    const records = places.reduce((sum, each) => sum + each.end - each.from, 0)
    return { from, records, partitions: places.map(each => each.partition) }
  }

  async function take(topic: Followed, records: readonly LogRecord[]): Promise<void> {
    if (topic === topics.alertsRaw) {
      for (const record of records) account.raw(record)
      return
    }
    await codec.learn(records.map(record => record.value))
    for (const { partition, offset, value } of records) {
      const decoded = value === null ? undefined : readable(codec, topic, value)
      if (decoded === undefined) continue
      if (topic === topics.alerts) {
        see?.(decoded as AlertRecord)
        account.alert({ partition, offset, value: decoded as AlertRecord })
      } else if (topic === topics.caseEvents) account.caseEvent(decoded as CaseEvent)
      else account.deadLetter(decoded as DeadLetterRecord)
    }
  }

  return {
    account,

    async round() {
      const before = await committed()
      const bounds = new Map<Followed, readonly PartitionBounds[]>()
      for (const topic of followed) bounds.set(topic, await log.bounds(prefix + topic.name))
      const raw = bounds.get(topics.alertsRaw) ?? []
      covers ??= coversOf(range, raw)
      absent = absentOf(range, raw)
      begin ??= range.from ?? (await beginOf(log, prefix + topics.alertsRaw.name, range, raw))
      const places = new Map(followed.map(topic => [topic, placeIn(topic, bounds.get(topic) ?? [])]))
      const most = [...places.values()].reduce((sum, each) => sum + each.records, 0)
      let read = 0
      for (const group of inTurn) {
        const readers = group.flatMap(topic => {
          const { from, partitions } = places.get(topic) ?? { from: 'beginning' as const, partitions: [] }
          if (partitions.length === 0) return []
          const batches = log.read(prefix + topic.name, { from, until: 'end', partitions })
          return [{ name: topic, batches: topic === topics.alertsRaw ? upTo(range, batches, partitions) : batches }]
        })
        for await (const [topic, records] of merged(readers)) {
          await take(topic, records)
          read += records.length
          onRead?.(read, most)
          const reached = positions.get(topic) ?? new Map<number, number>()
          positions.set(topic, reached)
          const last = records.at(-1)
          if (last !== undefined) reached.set(last.partition, last.offset + 1)
        }
      }
      // All that lay before the ends as they were has been read, markers and gaps included.
      for (const [topic, ends] of bounds) {
        const reached = positions.get(topic) ?? new Map<number, number>()
        for (const { partition, end } of ends) reached.set(partition, Math.max(end, reached.get(partition) ?? 0))
        positions.set(topic, reached)
      }
      account.settle(before)
    },

    absent: () => absent,

    async truncated() {
      const remains: Remains[] = []
      for (const topic of followed) {
        for (const each of await log.bounds(prefix + topic.name)) {
          const isCut = each.start > 0 && each.start < each.end
          const firstAt = isCut ? await firstAtOf(log, prefix + topic.name, each.partition, each.start) : undefined
          remains.push({ ...each, topic: topic.name, firstAt })
        }
      }
      const isWhole = range.from === undefined && range.offsets === undefined
      return truncatedOf(range, remains, topics.alertsRaw.name, isWhole ? -Infinity : (begin ?? -Infinity))
    },
  }
}

/** The raw records, until each partition is past the end of the range. */
async function* upTo(
  { to = Number.POSITIVE_INFINITY, offsets }: Range,
  batches: AsyncIterable<readonly LogRecord[]>,
  partitions: readonly number[],
): AsyncGenerator<readonly LogRecord[]> {
  const lasts = new Map<number, number>()
  for (const { partition, to: last } of offsets ?? []) lasts.set(partition, Math.max(last, lasts.get(partition) ?? 0))
  const past = new Set<number>()
  for await (const records of batches) {
    yield records
    const last = records.at(-1)
    if (last === undefined) continue
    // Times of append may run back a little where the leader of a partition moved.
    if (last.timestamp >= to + slackMs || last.offset >= (lasts.get(last.partition) ?? Number.POSITIVE_INFINITY))
      past.add(last.partition)
    if (past.size === partitions.length) return
  }
}

/** Epoch ms of the oldest raw record of the range, where there is one. */
async function beginOf(log: Log, topic: string, { offsets }: Range, bounds: readonly PartitionBounds[]) {
  const places =
    offsets?.flatMap(({ partition, from }) => {
      const found = bounds.find(each => each.partition === partition)
      return found === undefined ? [] : [{ partition, from: Math.max(from, found.start), end: found.end }]
    }) ?? bounds.map(({ partition, start, end }) => ({ partition, from: start, end }))
  const times = await Promise.all(
    places.filter(({ from, end }) => from < end).map(({ partition, from }) => firstAtOf(log, topic, partition, from)),
  )
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** LogAppendTime of the first record from this offset on. */
export async function firstAtOf(
  log: Log,
  topic: string,
  partition: number,
  offset: number,
): Promise<number | undefined> {
  const from = { offsets: new Map([[partition, offset]]) }
  for await (const records of log.read(topic, { from, until: 'end', partitions: [partition] })) {
    if (records[0] !== undefined) return records[0].timestamp
  }
  return undefined
}

/** A record that cannot be read was dead-lettered by the stage that met it: here it is passed over. */
export function readable(codec: Codec, topic: Topic, value: Buffer): object | undefined {
  try {
    return codec.decode(topic, value)
  } catch {
    return undefined
  }
}
