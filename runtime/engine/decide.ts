import { errors, isVigiaError, messageOf, VigiaError } from '../../core/errors.ts'
import { rawIdOf } from '../../core/ids.ts'
import { type Tlp, tlpAtMost } from '../../core/tlp.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import type { DecodedValue } from '../codec.ts'
import type { AnyDraft, Decision, Emission } from '../decision.ts'
import type { LogRecord, OutRecord } from '../log.ts'
import { liesRight, partitionFor } from '../partitioning.ts'
import type { Context, RawEvent } from '../stage.ts'
import type { Input, StageRun } from './stage-run.ts'
import { type Cause, type Stamper, stamper } from './stamp.ts'
import type { StateStore } from './state-store.ts'

/** An input as a handler gets it, with what its consequences inherit. */
export type Read = {
  readonly input: Input
  readonly event: (Envelope & DecodedValue) | RawEvent
  readonly cause: Cause
}

/** A longer key is not repeated as the key of the dead letter. */
const longestDeadKey = 1024
/** Room for key, headers and framing beside the value. */
const recordOverhead = 512

/**
 * Decides on one record: its outputs are returned, its changes applied to the store's overlay. Anything that is wrong
 * with the record becomes a dead letter among the outputs. Throws only `VIG_KIND_UNKNOWN`, from a fold.
 */
export function decideRecord(run: StageRun, store: StateStore, record: LogRecord): readonly OutRecord[] {
  const input = inputOf(run, record)
  try {
    if (record.value === null && input.topic.schema) return gone(run, store, record, input)
    const read = readRecord(run, input, record)
    if (read === undefined) return []
    const handler = run.stage.on[input.name]
    if (handler === undefined) return []
    store.see(read.cause.at)
    const decision = handler(store.view, read.event, contextOf(run, record, store.now()))
    if (decision.withheld !== undefined) run.observer.withheld(run.name, decision.withheld)
    return settle(run, store, decision, read.cause, record.partition)
  } catch (error) {
    if (isVigiaError(error, 'VIG_KIND_UNKNOWN')) throw error
    return [deadLetter(run, record, error)]
  }
}

/** Decodes and checks a record. Undefined: a kind that this reader may pass over. Throws what dead-letters it. */
export function readRecord(run: StageRun, input: Input, record: LogRecord): Read | undefined {
  if (!input.topic.schema) {
    const event = { ...record, rawId: rawIdOf(input.topic.name, record.partition, record.offset), at: record.timestamp }
    return { input, event, cause: rawCause(event.rawId, record.timestamp) }
  }
  const event = run.codec.decode(input.topic, record.value ?? Buffer.alloc(0)) as Envelope & DecodedValue
  const partitions = run.partitions.get(input.topic.name) ?? 0
  const key = record.key?.toString() ?? ''
  if (!liesRight(input.topic, key, partitions, record.partition)) {
    throw new VigiaError(
      'VIG_WRONG_PARTITION',
      `the key does not lead to partition ${record.partition} of ${partitions}`,
    )
  }
  if (!input.kinds.has(event.kind)) {
    if (run.stage.remembers === undefined) return undefined
    throw new VigiaError('VIG_KIND_UNKNOWN', `${run.name} met the unknown kind ${event.kind} in ${input.topic.name}`)
  }
  return { input, event, cause: event }
}

/** Encodes a decision and applies its changes, both or neither. */
export function settle(
  run: StageRun,
  store: StateStore,
  decision: Decision,
  cause: Cause,
  own: number,
): readonly OutRecord[] {
  const stamp = stamper(run.name, cause, run.stage.rules?.hash ?? null, run.clock())
  const outputs = decision.writes.map(write => encode(run, write, stamp, cause.tlp, own))
  store.apply(decision.remembers)
  return outputs
}

export function deadLetter(run: StageRun, record: LogRecord, error: unknown): OutRecord {
  const code = error instanceof VigiaError && errors[error.code].class === 'record' ? error.code : 'VIG_DECISION_FAILED'
  const input = inputOf(run, record)
  const origin = rawIdOf(input.topic.name, record.partition, record.offset)
  run.observer.deadLettered(run.name, code)
  run.observer.say('warn', `dead letter: ${code}`, { stage: run.name, origin })
  const cause = envelopeOf(run, input, record) ?? rawCause(origin, record.timestamp)
  const stamp = stamper(
    run.name,
    { ...cause, rawId: input.topic.schema ? cause.rawId : origin },
    run.stage.rules?.hash ?? null,
    run.clock(),
  )
  const body = {
    code,
    reason: messageOf(error).slice(0, 2000),
    service: run.service,
    stage: run.name,
    topic: input.topic.name,
    partition: record.partition,
    offset: record.offset,
    timestamp: record.timestamp,
    part: null,
    key: record.key,
    value: record.value,
    headers: record.headers,
  }
  const short = record.key !== null && record.key.length <= longestDeadKey ? record.key.toString() : origin
  const write = (deadLetter: object) =>
    encode(
      run,
      { topic: run.dlq, key: short, draft: { kind: 'dead-letter', deadLetter } as AnyDraft },
      stamp,
      cause.tlp,
      record.partition,
    )
  try {
    return write(body)
  } catch {
    // A dead letter that is itself too large must not stop the partition: the origin says where the bytes lie.
    const left = `${body.reason} (${record.value?.length ?? 0} bytes of value are left out: see ${origin})`
    return write({ ...body, reason: left, key: null, value: null, headers: {} })
  }
}

export function contextOf(run: StageRun, record: LogRecord, now: number): Context {
  const topic = inputOf(run, record).topic.name
  return { now, origin: { topic, partition: record.partition, offset: record.offset } }
}

export function inputOf(run: StageRun, record: LogRecord): Input {
  const input = run.inputs.get(record.topic)
  if (input === undefined) throw new Error(`${run.name} was given a record of ${record.topic}, which it does not read`)
  return input
}

function gone(run: StageRun, store: StateStore, record: LogRecord, input: Input): readonly OutRecord[] {
  const handler = run.stage.gone[input.name]
  if (handler === undefined || record.key === null) return []
  const id = rawIdOf(input.topic.name, record.partition, record.offset)
  store.see(record.timestamp)
  const decision = handler(store.view, record.key.toString(), contextOf(run, record, store.now()))
  return settle(run, store, decision, { ...rawCause(id, record.timestamp), rawId: null }, record.partition)
}

function encode(run: StageRun, write: Emission, stamp: Stamper, tlp: string, own: number): OutRecord {
  const { topic, key } = write
  const to = run.writable.get(topic.name)
  if (to === undefined) throw new Error(`${run.name} does not declare that it writes ${topic.name}`)
  const value = bytesOf(run, write, stamp, tlp)
  const size = (value?.length ?? 0) + Buffer.byteLength(key) + recordOverhead
  if (size > topic.maxMessageBytes) {
    throw new VigiaError(
      'VIG_VALUE_TOO_LARGE',
      `a ${topic.name} event of ${size} bytes is larger than ${topic.maxMessageBytes}`,
    )
  }
  return { topic: to.name, partition: partitionFor(topic, key, to.partitions, own), key: Buffer.from(key), value }
}

/** An event is stamped; a document is written as it is, and what it says is under the TLP of its cause (`tlp`). */
function bytesOf(run: StageRun, { topic, draft }: Emission, stamp: Stamper, tlp: string): Buffer | null {
  if (draft === null) return null
  const event = topic.schema ? stamp(draft) : undefined
  if (topic.highestTlp !== 'RED' && !tlpAtMost((event?.tlp ?? tlp) as Tlp, topic.highestTlp)) {
    throw new VigiaError('VIG_TLP_TOO_HIGH', `${topic.name} holds nothing above TLP ${topic.highestTlp}`)
  }
  return event === undefined ? Buffer.from(JSON.stringify(draft)) : run.codec.encode(topic, event)
}

/** The envelope of a record that is dead-lettered, where it can still be read: so that the story stays whole. */
function envelopeOf(run: StageRun, input: Input, record: LogRecord): Cause | undefined {
  if (!input.topic.schema || record.value === null) return undefined
  try {
    return run.codec.decode(input.topic, record.value) as unknown as Cause
  } catch {
    return undefined
  }
}

function rawCause(id: string, at: number): Cause {
  return { id, rawId: id, domain: 'default', tenant: 'default', tlp: 'AMBER', pap: 'AMBER', eventTime: at, at }
}
