import { type ErrorCode, messageOf } from '../../core/errors.ts'
import { eventIdOf, partIdOf } from '../../core/ids.ts'
import { type Decision, type Emission, emission } from '../../runtime/decision.ts'
import type { Context, Handler, RawEvent } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import { type Judged, judge, type Received } from './judge.ts'
import { type Part, partsOf } from './parts.ts'
import type { IngestRules } from './rules.ts'
import { type Headers, type Origin, openHeaders, ownHeaders } from './trust.ts'

/** As the engine numbers events: `<service>.<stage>`. */
const stageName = 'ingest.normalise'

/** Bytes of value, key and headers in dead letters of one record, beyond which further ones refer to the first instead. */
const mostDeadBytes = 4 * 1024 * 1024
/** A longer key is not repeated as the key of the dead letter. */
const longestDeadKey = 1024

/** Each part of a raw record ends in exactly one event on `alerts`; a rejection also leaves a dead letter. Pure. */
export function ingestRaw(rules: IngestRules): Handler<never, RawEvent> {
  return (_state, raw, context) => {
    const seal = rules.secret === null ? undefined : openHeaders(raw.headers, raw.value, rules.secret)
    const parts = seal?.origin === 'refused' ? [refusedPart(seal)] : partsIn(rules, raw)
    const received = {
      tenant: seal?.tenant ?? null,
      source: seal?.source ?? null,
      topic: context.origin.topic,
      at: raw.at,
      parts: parts.length,
    }
    return decisionOf(
      raw,
      context,
      parts.map((each, part) => judged(rules, { ...received, part }, each)),
      seal,
    )
  }
}

function partsIn(rules: IngestRules, { value }: RawEvent): readonly Part[] {
  try {
    return partsOf(value, rules.mappers)
  } catch (error) {
    return [failedPart(error)]
  }
}

/** What a bug cannot judge is still whose the seal says: a throw would leave it to the engine, which knows no tenants. */
function judged(rules: IngestRules, received: Received, part: Part): Judged {
  try {
    return judge(rules, received, part)
  } catch (error) {
    return judge(rules, received, failedPart(error))
  }
}

function failedPart(error: unknown): Part {
  return { code: 'VIG_DECISION_FAILED', reason: messageOf(error) }
}

function decisionOf(raw: RawEvent, context: Context, all: readonly Judged[], seal: Origin | undefined): Decision {
  const redrive = seal?.redrive
  const writes: Emission[] = []
  const key = deadKeyOf(raw)
  const size = sizeOf(raw)
  let deadBytes = 0
  let isHeld = false
  for (const [part, { outcome, ...placed }] of all.entries()) {
    const causeId = partIdOf(raw.rawId, part)
    const envelope = { causeId, rawId: raw.rawId, ...placed, attempt: redrive?.attempt ?? 0 }
    const alertKey = `${placed.domain}#${eventIdOf(causeId, stageName, outcome.kind, 0)}`
    writes.push(emission(topics.alerts, alertKey, { ...envelope, ...standingFor(outcome, redrive) }))
    if (outcome.kind !== 'rejection') continue
    const isWhole = deadBytes + size <= mostDeadBytes
    if (isWhole) deadBytes += size
    isHeld ||= isWhole
    const elsewhere = isHeld ? 'the bytes are in the first dead letter of' : `${size} bytes are left out: see`
    const body = deadLetterOf(raw, context, outcome.rejection)
    const deadLetter = isWhole ? body : withoutBytes(body, `${elsewhere} ${raw.rawId}`, seal)
    writes.push(emission(topics.dlq, key, { ...envelope, kind: 'dead-letter' as const, deadLetter }))
  }
  return { writes, remembers: [] }
}

/** What was driven again stands for the part that was sent first. */
function standingFor(outcome: Judged['outcome'], redrive: Origin['redrive']): Judged['outcome'] {
  if (redrive === undefined) return outcome
  const { origin } = redrive
  if (outcome.kind === 'alert') return { ...outcome, alert: { ...outcome.alert, origin } }
  if (outcome.kind === 'rejection') return { ...outcome, rejection: { ...outcome.rejection, origin } }
  return { ...outcome, suppression: { ...outcome.suppression, origin } }
}

function deadLetterOf(
  raw: RawEvent,
  { origin }: Context,
  { code, reason, part, parts }: { code: ErrorCode; reason: string; part: number; parts: number },
) {
  return {
    code,
    reason,
    service: 'ingest',
    stage: stageName,
    topic: origin.topic,
    partition: origin.partition,
    offset: origin.offset,
    timestamp: raw.at,
    part: parts === 1 ? null : part,
    key: raw.key,
    value: raw.value,
    headers: raw.headers,
  }
}

/** Headers of any size are as much to repeat as a value: what stays is what the API sealed, which is short. */
function withoutBytes<Body extends { reason: string; headers: Headers }>(body: Body, where: string, seal?: Origin) {
  const headers = seal === undefined ? {} : ownHeaders(body.headers)
  return { ...body, reason: `${body.reason} (${where})`, key: null, value: null, headers }
}

function deadKeyOf({ key, rawId }: RawEvent): string {
  return key !== null && key.length <= longestDeadKey ? key.toString() : rawId
}

function sizeOf({ value, key, headers }: RawEvent): number {
  const ofHeaders = Object.entries(headers).map(([name, bytes]) => Buffer.byteLength(name) + bytes.length)
  return ofHeaders.reduce((sum, each) => sum + each, (value?.length ?? 0) + (key?.length ?? 0))
}

function refusedPart(seal: Origin): Part {
  return { code: 'VIG_ALERT_REFUSED', reason: seal.refused ?? 'refused by the API' }
}
