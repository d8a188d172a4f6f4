import type { LogRecord, OutRecord } from '../log.ts'

/** Where a transaction stands; records point to it, so that one change decides about all of them. */
export type TransactionState = { outcome: 'open' | 'committed' | 'aborted' }

/** `record` is null for a commit or abort marker: it has an offset and is never delivered. */
type Entry = {
  readonly offset: number
  readonly record: LogRecord | null
  readonly transaction: TransactionState | null
  /** Kept as a tombstone or marker by one compaction: the next one drops it. */
  aged: boolean
}

/** One partition: offsets, markers, gaps, the last stable offset. Buffers are copied when they are written. */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  /** First offset that is still there. */
  start = 0
  /** Next offset to be written. */
  end = 0
  /** Called whenever there may be more to read, or the start has moved. */
  readonly watchers = new Set<() => void>()
  #entries: Entry[] = []
  /** First offset of each open transaction; a map keeps the order of insertion, so the first is the lowest. */
  readonly #open = new Map<TransactionState, number>()

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  /** Readers stop here: the first offset of the oldest open transaction, or the end. */
  get lastStable(): number {
    for (const first of this.#open.values()) return first
    return this.end
  }

  append(record: OutRecord, timestamp: number, transaction: TransactionState | null): number {
    const offset = this.end
    const headers: Record<string, Buffer> = {}
    for (const [name, value] of Object.entries(record.headers ?? {})) headers[name] = Buffer.from(value)
    this.#entries.push({
      offset,
      transaction,
      aged: false,
      record: {
        topic: this.topic,
        partition: this.partition,
        offset,
        timestamp,
        key: record.key === null ? null : Buffer.from(record.key),
        value: record.value === null ? null : Buffer.from(record.value),
        headers,
      },
    })
    this.end = offset + 1
    if (transaction) {
      if (!this.#open.has(transaction)) this.#open.set(transaction, offset)
    } else this.#notify()
    return offset
  }

  /** Writes the commit or abort marker of a transaction that has written here. */
  mark(transaction: TransactionState): void {
    if (!this.#open.delete(transaction)) return
    this.#entries.push({ offset: this.end, record: null, transaction, aged: false })
    this.end += 1
    this.#notify()
  }

  /** At most `limit` committed records from `from` on, and where to go on: past what is not to be seen, too. */
  fetch(from: number, limit: number, until = this.lastStable): { records: LogRecord[]; next: number } {
    const bound = Math.min(until, this.lastStable)
    const records: LogRecord[] = []
    for (let index = this.#indexOf(from); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index]
      if (!entry || entry.offset >= bound) break
      if (!visible(entry)) continue
      if (records.length === limit) return { records, next: entry.offset }
      records.push(entry.record)
    }
    return { records, next: Math.max(from, bound) }
  }

  /** First offset whose timestamp is not below `time`; the end if there is none. */
  offsetAt(time: number): number {
    const found = this.#entries.find(entry => entry.record !== null && entry.record.timestamp >= time)
    return found?.offset ?? this.end
  }

  /** Moves the start, as retention or DeleteRecords does. */
  trim(offset: number): void {
    this.start = Math.max(this.start, Math.min(offset, this.end))
    this.#entries = this.#entries.slice(this.#indexOf(this.start))
    this.#notify()
  }

  /** Removes one record, which no real tool can. Answers whether it was there. */
  erase(offset: number): boolean {
    const index = this.#indexOf(offset)
    if (this.#entries[index]?.offset !== offset) return false
    this.#entries.splice(index, 1)
    return true
  }

  /**
   * Keeps the last committed record of each key below the last stable offset, where it lies. Tombstones and markers
   * survive their first pass and go on the second; records without a key go, as Kafka's cleaner has it.
   */
  compact(): void {
    const bound = this.lastStable
    const last = new Map<string, number>()
    for (const entry of this.#entries) {
      if (entry.offset < bound && visible(entry) && entry.record.key)
        last.set(entry.record.key.toString('hex'), entry.offset)
    }
    this.#entries = this.#entries.filter(entry => {
      if (entry.offset >= bound) return true
      if (entry.record !== null) {
        if (!visible(entry) || entry.record.key === null) return false
        if (last.get(entry.record.key.toString('hex')) !== entry.offset) return false
        if (entry.record.value !== null) return true
      }
      if (entry.aged) return false
      entry.aged = true
      return true
    })
  }

  #notify(): void {
    for (const watcher of [...this.watchers]) watcher()
  }

  /** Index of the first entry at or after `offset`. */
  #indexOf(offset: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle]?.offset ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}

function visible(entry: Entry): entry is Entry & { readonly record: LogRecord } {
  return entry.record !== null && (entry.transaction === null || entry.transaction.outcome === 'committed')
}
