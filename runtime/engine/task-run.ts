import { setTimeout as sleep } from 'node:timers/promises'
import { isVigiaError, VigiaError } from '../../core/errors.ts'
import type { Change } from '../decision.ts'
import type { LogRecord, OutRecord, Task } from '../log.ts'
import type { Commit } from './commit.ts'
import { deadLetter, decideRecord, settle } from './decide.ts'
import { performer } from './perform.ts'
import { type Poller, poller } from './poll.ts'
import { serial } from './serial.ts'
import type { StageRun } from './stage-run.ts'
import { outsideCause } from './stamp.ts'
import { entryHash } from './state-digest.ts'
import { clockKind, type StateStore, stateStore } from './state-store.ts'
import { volume } from './volume.ts'

/**
 * One task of a stage: its state, its one open transaction at a time, and its long work. Everything that commits goes
 * through one queue, so a batch, a tick, a page and an outcome never mix.
 */
export type TaskRun = {
  readonly store: StateStore
  restore(): Promise<void>
  /** Begins what runs beside the batches: ticks and polls. */
  begin(): void
  batch(records: readonly LogRecord[]): Promise<void>
  /** Decides on the tick now, whatever the time; for tests and for the drain. */
  tick(): Promise<void>
  /** Waits up to `graceMs` for long work that has begun, then aborts it. */
  finish(graceMs: number): Promise<void>
  close(): void
  entries(): number
}

/**
 * After this long, in ms, what has been decided is committed, whatever its size: a transaction stays short, and the member
 * sends a heartbeat, however slow the decisions are.
 */
const longestDeciding = 2_000
/** Expired entries forgotten with each transaction: few, so that no transaction grows by it. */
const sweptPerCommit = 16

/** `kept`: the state of the task that this one continues, which then needs no `restore`. */
export function taskRun(run: StageRun, task: Task, kept?: StateStore): TaskRun {
  const store = kept?.handOver() ?? stateStore()
  const inTurn = serial()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const commit: Commit = async (outputs, inputs, offsets) => {
    const began = performance.now()
    store.apply(store.sweep(sweptPerCommit))
    const written = changelog(run, store, task.partition)
    const records = [...outputs, ...written]
    try {
      if (records.length > 0 || offsets.length > 0) await task.transact({ records, offsets })
    } catch (error) {
      store.abort()
      throw error
    }
    store.commit(written.map(hashOf))
    if (inputs > 0 || outputs.length > 0)
      run.observer.committed(run.name, inputs, outputs.length, performance.now() - began)
  }

  /** `at` of a fact from outside: never the same twice in a task, since it is what makes its cause unique. */
  const outsideAt = (): number => {
    store.see(Math.max(run.clock(), store.now() + 1))
    return store.now()
  }

  const work = performer(run, task, store, commit, inTurn)
  const polling: Poller | undefined =
    run.stage.polls === undefined ? undefined : poller({ run, task, store, commit, inTurn, outsideAt })

  let begunAt = 0
  const decideAll = async (records: readonly LogRecord[]): Promise<void> => {
    const early = (run.leastMsBetween ?? 0) - (performance.now() - begunAt)
    if (early > 0) await sleep(early)
    begunAt = performance.now()
    let begun = run.clock()
    const held = volume(run.transactionBytes ?? 900_000)
    let outputs: OutRecord[] = []
    let from = 0
    for (const [index, record] of records.entries()) {
      const made = decideRecord(run, store, record)
      outputs.push(...made)
      held.add(made)
      if (held.isFull() || run.clock() - begun > longestDeciding || index === records.length - 1) {
        await commitRange(records.slice(from, index + 1), outputs)
        outputs = []
        held.clear()
        begun = run.clock()
        from = index + 1
      }
    }
  }

  /** Where the broker finds something too large after all, the range is decided again in halves, down to the one record. */
  const commitRange = async (records: readonly LogRecord[], outputs: readonly OutRecord[]): Promise<void> => {
    const last = records.at(-1)
    if (last === undefined) return
    try {
      await commit(outputs, records.length, [{ topic: last.topic, offset: last.offset + 1, metadata: '' }])
    } catch (error) {
      if (!isVigiaError(error, 'VIG_VALUE_TOO_LARGE')) throw error
      if (records.length === 1) return commitDead(last, error)
      const half = records.length >> 1
      await decideRange(records.slice(0, half))
      await decideRange(records.slice(half))
    }
  }
  const decideRange = (records: readonly LogRecord[]) =>
    commitRange(
      records,
      records.flatMap(record => decideRecord(run, store, record)),
    )
  const commitDead = (record: LogRecord, error: VigiaError) =>
    commit([deadLetter(run, record, error)], 1, [{ topic: record.topic, offset: record.offset + 1, metadata: '' }])

  const tickOnce = async (): Promise<void> => {
    const tick = run.stage.tick
    if (tick === undefined || closed) return
    const at = outsideAt()
    const decision = tick.decide(store.view, at)
    if (decision.writes.length === 0 && decision.remembers.length === 0) return
    await commit(
      settle(run, store, decision, outsideCause(run.group, run.name, 'tick', task.partition, at), task.partition),
      0,
      [],
    )
  }
  const tickAgain = (everyMs: number): void => {
    timer = setTimeout(() => {
      inTurn(tickOnce)
        .catch(() => undefined)
        .finally(() => {
          if (!closed) tickAgain(everyMs)
        })
    }, everyMs)
    timer.unref()
  }

  return {
    store,
    async restore() {
      const { remembers } = run.stage
      if (remembers === undefined) return
      const began = performance.now()
      for await (const records of task.restore(run.prefix + remembers.name)) {
        await run.codec.learn(records.map(record => record.value))
        for (const record of records) restoreEntry(run, store, record)
      }
      run.observer.restored(run.name, task.partition, store.size(), performance.now() - began)
    },
    begin() {
      if (run.stage.tick !== undefined) tickAgain(run.stage.tick.everyMs)
      polling?.begin()
    },
    batch: records =>
      inTurn(async () => {
        await run.codec.learn(records.map(record => record.value))
        const input = run.inputs.get(records[0]?.topic ?? '')
        if (input !== undefined && run.stage.performs[input.name] !== undefined) await work.deliver(records)
        else await decideAll(records)
      }),
    tick: () => inTurn(tickOnce),
    async finish(graceMs) {
      clearTimeout(timer)
      await polling?.stop()
      await work.finish(graceMs)
    },
    close() {
      closed = true
      clearTimeout(timer)
      void polling?.stop()
      work.abort()
    },
    entries: () => store.size(),
  }
}

/** The changes of the store in its own order, and task time behind them. */
function changelog(run: StageRun, store: StateStore, partition: number): OutRecord[] {
  const topic = run.stage.remembers
  const changes = store.pending()
  if (topic === undefined) return []
  const clock: Change[] = changes.length > 0 ? [{ kind: clockKind, key: '', body: {}, expiresAt: store.now() }] : []
  return [...changes, ...clock].map(({ kind, key, body, expiresAt }) => ({
    topic: run.prefix + topic.name,
    partition,
    key: Buffer.from(`${kind}|${key}`),
    value:
      body === null
        ? null
        : run.codec.encode(topic, { kind, expiresAt, ...(kind === clockKind ? {} : { [kind]: body }) }),
  }))
}

/** Decoding copies every value out of the fetch buffer, which is large and would be pinned by one surviving slice. */
function restoreEntry(run: StageRun, store: StateStore, record: LogRecord): void {
  const topic = run.stage.remembers
  if (topic === undefined || record.key === null) return
  const name = record.key.toString()
  const kind = name.slice(0, name.indexOf('|'))
  const key = name.slice(kind.length + 1)
  if (record.value === null) {
    store.restore(kind, key, null, null)
    return
  }
  const entry = run.codec.decode(topic, record.value)
  const expiresAt = (entry.expiresAt ?? null) as number | null
  const body = kind === clockKind ? {} : (entry[kind] as object | null | undefined)
  if (body === null || body === undefined) {
    throw new VigiaError(
      'VIG_KIND_UNKNOWN',
      `${run.name} does not know its own state entry ${kind}: a newer version wrote it`,
    )
  }
  store.restore(kind, key, body, expiresAt, entryHash(record.key, record.value))
}

function hashOf({ key, value }: OutRecord): number {
  return key === null || value === null ? 0 : entryHash(key, value)
}
