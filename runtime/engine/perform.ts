import { isVigiaError, messageOf } from '../../core/errors.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import type { LogRecord, OutRecord, Task } from '../log.ts'
import type { Performs } from '../stage.ts'
import type { Commit } from './commit.ts'
import { contextOf, deadLetter, inputOf, readRecord, settle } from './decide.ts'
import { type Progress, progress } from './progress.ts'
import type { Serial } from './serial.ts'
import type { StageRun } from './stage-run.ts'
import type { StateStore } from './state-store.ts'

/**
 * Long work never blocks a partition. Delivered jobs wait in lanes; the pump begins what may begin (the intent is
 * committed first), and records what has come of the others, all in one transaction. See `progress` for the offsets.
 */
export type Performer = {
  /** Called in the task's turn. Returns when the jobs are queued, not when they are done. */
  deliver(records: readonly LogRecord[]): Promise<void>
  finish(graceMs: number): Promise<void>
  abort(): void
}

type Job = { readonly record: LogRecord; readonly job: Envelope; readonly lane: string }
type Ended = Job & { readonly outcome: unknown }
/** As it was read: a job, a dead letter, or nothing to do. */
type Delivery = { readonly record: LogRecord; readonly job?: Envelope; readonly dead?: OutRecord }

/** Jobs that may wait in memory for each one that runs; beyond it the task pauses its inputs. */
const queuedPerRunning = 16

export function performer(run: StageRun, task: Task, store: StateStore, commit: Commit, inTurn: Serial): Performer {
  const abort = new AbortController()
  const lanes = new Map<string, Job[]>()
  const busy = new Set<string>()
  const progresses = new Map<string, Progress>()
  let ended: Ended[] = []
  /** Delivered too far beyond the lowest unfinished job: the offset's metadata could not hold that they are finished. */
  let waiting: Delivery[] = []
  let queued = 0
  let paused = false
  let draining = false
  let pumping: Promise<void> | undefined
  let whenIdle: (() => void) | undefined
  /** What stopped the pump; the next batch is refused with it, so that the log takes the task over anew. */
  let broken: unknown

  const performs = (record: LogRecord): Performs<unknown, Envelope, unknown> => {
    const found = run.stage.performs[inputOf(run, record).name]
    if (found === undefined) throw new Error(`${run.name} does not perform ${record.topic}`)
    return found
  }
  const progressOf = (topic: string): Progress => {
    const found = progresses.get(topic) ?? progress(task.committed.get(topic))
    progresses.set(topic, found)
    return found
  }
  const limit = (record: LogRecord) => performs(record).concurrency

  const settlePause = (concurrency: number) => {
    const full = queued > concurrency * queuedPerRunning || waiting.length > 0
    if (full === paused) return
    paused = full
    if (full) task.pause()
    else task.resume()
  }

  /** In the task's turn: one transaction for all that has ended and all that begins now; then the calls are made. */
  const pump = async (): Promise<void> => {
    const outputs: OutRecord[] = []
    const done = ended
    ended = []
    /** What these transactions finish. */
    const over: LogRecord[] = done.map(each => each.record)
    const at = run.clock()
    for (const each of done) outputs.push(...finished(each, at))
    const tried: Job[] = []
    let started: Job[] = []
    // Also where all that could begin ended at once: otherwise a pause would have no end.
    let met: Job | undefined = done[0]
    if (!draining && !abort.signal.aborted) {
      for (const next of startable()) {
        met ??= next
        tried.push(next)
        if (begun(next, at, outputs)) started.push(next)
        else {
          over.push(next.record)
          release(next)
        }
      }
    }
    try {
      await commitOver(outputs, done.length, over)
    } catch (error) {
      if (!isVigiaError(error, 'VIG_VALUE_TOO_LARGE')) throw error
      started = await oneByOne(done, tried, at)
    }
    for (const each of done) release(each)
    if (waiting.length > 0 && !draining) await admit()
    for (const each of started) void call(each)
    if (met !== undefined) settlePause(limit(met.record))
    run.observer.performed(run.name, busy.size, queued)
    if (busy.size === 0 && ended.length === 0) whenIdle?.()
    if (startableNow()) schedule()
  }

  /** Outcomes, and that these records are finished, in one transaction: a crash repeats neither without the other. */
  const commitOver = async (outputs: readonly OutRecord[], inputs: number, over: readonly LogRecord[]) => {
    const offsets = new Map<string, number[]>()
    for (const { topic, offset } of over) {
      const held = offsets.get(topic)
      if (held === undefined) offsets.set(topic, [offset])
      else held.push(offset)
    }
    const positions = [...offsets].map(([topic, also]) => ({ topic, ...progressOf(topic).position(also) }))
    await commit(outputs, inputs, positions)
    for (const { topic, offset } of over) progressOf(topic).finish(offset)
  }

  /** The broker finds something too large: each alone, and what is still too large becomes a dead letter. */
  const oneByOne = async (done: readonly Ended[], tried: readonly Job[], at: number): Promise<Job[]> => {
    const alone = async ({ record }: Job, inputs: number, outputs: readonly OutRecord[], isOver: boolean) => {
      try {
        await commitOver(outputs, inputs, isOver ? [record] : [])
        return isOver
      } catch (error) {
        if (!isVigiaError(error, 'VIG_VALUE_TOO_LARGE')) throw error
        await commitOver([deadLetter(run, record, error)], inputs, [record])
        return true
      }
    }
    for (const each of done) await alone(each, 1, finished(each, at), true)
    const started: Job[] = []
    for (const each of tried) {
      const outputs: OutRecord[] = []
      const isToRun = begun(each, at, outputs)
      if (await alone(each, 0, outputs, !isToRun)) release(each)
      else {
        busy.add(each.lane)
        started.push(each)
      }
    }
    return started
  }

  const finished = (each: Ended, at: number): readonly OutRecord[] => {
    try {
      const decision = performs(each.record).finish(store.view, each.job, each.outcome, contextOf(run, each.record, at))
      return settle(run, store, decision, { ...each.job, at }, task.partition)
    } catch (error) {
      return [deadLetter(run, each.record, error)]
    }
  }
  /** Whether the job is to be performed; what was decided goes to `outputs`. */
  const begun = (next: Job, at: number, outputs: OutRecord[]): boolean => {
    try {
      const { perform, decision } = performs(next.record).begin(store.view, next.job, contextOf(run, next.record, at))
      outputs.push(...settle(run, store, decision, { ...next.job, at }, task.partition))
      return perform
    } catch (error) {
      outputs.push(deadLetter(run, next.record, error))
      return false
    }
  }
  function* startable(): Iterable<Job> {
    for (const [lane, jobs] of lanes) {
      const next = jobs[0]
      if (next === undefined || busy.has(lane)) continue
      if (busy.size >= limit(next.record)) return
      busy.add(lane)
      jobs.shift()
      queued--
      yield next
    }
  }
  const startableNow = (): boolean => {
    for (const [lane, jobs] of lanes) {
      const next = jobs[0]
      if (next !== undefined && !busy.has(lane) && busy.size < limit(next.record) && !draining) return true
    }
    return false
  }
  const release = (job: Job) => {
    busy.delete(job.lane)
    if (lanes.get(job.lane)?.length === 0) lanes.delete(job.lane)
  }
  const call = async (job: Job): Promise<void> => {
    const how = performs(job.record)
    let outcome: unknown
    try {
      outcome = await how.perform(job.job, abort.signal)
    } catch (error) {
      outcome = how.failed(job.job, error)
    }
    if (abort.signal.aborted) return
    ended.push({ ...job, outcome })
    schedule()
  }
  const schedule = () => {
    if (pumping !== undefined || abort.signal.aborted) return
    pumping = inTurn(() => {
      pumping = undefined
      return pump()
    }).catch(error => {
      run.observer.say('warn', `outcomes not recorded: ${messageOf(error)}`, { stage: run.name })
      broken = error
      abort.abort()
      whenIdle?.()
    })
  }

  return {
    async deliver(records) {
      if (broken !== undefined) throw broken
      // Read now, so that a kind which this version does not know ends the batch that brings it.
      for (const record of records) waiting.push(readJob(record))
      await admit()
      const first = records[0]
      if (first !== undefined) settlePause(limit(first))
      schedule()
    },
    async finish(graceMs) {
      draining = true
      if (busy.size > 0 || ended.length > 0) {
        const timer = setTimeout(() => whenIdle?.(), graceMs)
        await new Promise<void>(resolve => {
          whenIdle = resolve
          schedule()
        })
        clearTimeout(timer)
      }
      abort.abort()
    },
    abort: () => abort.abort(),
  }

  /** Throws `VIG_KIND_UNKNOWN`. */
  function readJob(record: LogRecord): Delivery {
    try {
      const read = record.value === null ? undefined : readRecord(run, inputOf(run, record), record)
      return read === undefined ? { record } : { record, job: read.event as Envelope }
    } catch (error) {
      if (isVigiaError(error, 'VIG_KIND_UNKNOWN')) throw error
      return { record, dead: deadLetter(run, record, error) }
    }
  }

  /** In the task's turn: what waits, as far as the metadata of the offsets can say what of it is finished. */
  async function admit(): Promise<void> {
    const dead: OutRecord[] = []
    const over: LogRecord[] = []
    let admitted = 0
    for (const { record, job, dead: letter } of waiting) {
      const at = progressOf(record.topic)
      if (!at.takes(record.offset)) break
      admitted++
      if (!at.deliver(record.offset)) continue
      if (job !== undefined) enqueue(record, job)
      else if (letter === undefined) at.finish(record.offset)
      else {
        dead.push(letter)
        over.push(record)
      }
    }
    waiting = waiting.slice(admitted)
    if (dead.length === 0) return
    await commitOver(dead, dead.length, over)
    // Now they are finished, and more may come.
    if (waiting.length > 0) await admit()
  }

  function enqueue(record: LogRecord, job: Envelope): void {
    const lane = performs(record).lane(job)
    const jobs = lanes.get(lane) ?? []
    jobs.push({ record, job, lane })
    lanes.set(lane, jobs)
    queued++
  }
}
