import type { ErrorCode } from '../../core/errors.ts'
import { eventIdOf, partIdOf } from '../../core/ids.ts'
import { type Decision, type Emission, emission } from '../../runtime/decision.ts'
import type { Context, Handler, RawEvent } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import { type Judged, judge } from './judge.ts'
import { type Part, partsOf } from './parts.ts'
import type { IngestRules } from './rules.ts'
import { type Origin, openHeaders, type Redrive } from './trust.ts'

/** As the engine numbers events: `<service>.<stage>`. */
const stageName = 'ingest.normalise'

/** Bytes in dead letters of one record, beyond which further ones refer to the first instead of repeating it. */
const mostDeadBytes = 4 * 1024 * 1024

/** Each part of a raw record ends in exactly one event on `alerts`; a rejection also leaves a dead letter. Pure. */
export function ingestRaw(rules: IngestRules): Handler<never, RawEvent> {
  return (_state, raw, context) => {
    const seal = rules.secret === null ? undefined : openHeaders(raw.headers, raw.value, rules.secret)
    const parts = seal?.origin === 'refused' ? [refusedPart(seal)] : partsOf(raw.value)
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
      parts.map((each, part) => judge(rules, { ...received, part }, each)),
      seal?.redrive,
    )
  }
}

function decisionOf(raw: RawEvent, context: Context, judged: readonly Judged[], redrive?: Redrive): Decision {
  const writes: Emission[] = []
  let deadBytes = 0
  for (const [part, { outcome, ...placed }] of judged.entries()) {
    const causeId = partIdOf(raw.rawId, part)
    const envelope = { causeId, rawId: raw.rawId, ...placed, attempt: redrive?.attempt ?? 0 }
    const key = `${placed.domain}#${eventIdOf(causeId, stageName, outcome.kind, 0)}`
    writes.push(emission(topics.alerts, key, { ...envelope, ...standingFor(outcome, redrive) }))
    if (outcome.kind !== 'rejection') continue
    const size = raw.value?.length ?? 0
    const isWhole = deadBytes === 0 || deadBytes + size <= mostDeadBytes
    if (isWhole) deadBytes += size
    const deadLetter = deadLetterOf(raw, context, outcome.rejection, isWhole)
    writes.push(
      emission(topics.dlq, raw.key?.toString() ?? raw.rawId, { ...envelope, kind: 'dead-letter' as const, deadLetter }),
    )
  }
  return { writes, remembers: [] }
}

/** What was driven again stands for the part that was sent first. */
function standingFor(outcome: Judged['outcome'], redrive: Redrive | undefined): Judged['outcome'] {
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
  isWhole: boolean,
) {
  return {
    code,
    reason: isWhole ? reason : `${reason} (the bytes are in the first dead letter of ${raw.rawId})`,
    service: 'ingest',
    stage: stageName,
    topic: origin.topic,
    partition: origin.partition,
    offset: origin.offset,
    timestamp: raw.at,
    part: parts === 1 ? null : part,
    key: raw.key,
    value: isWhole ? raw.value : null,
    headers: raw.headers,
  }
}

function refusedPart(seal: Origin): Part {
  return { code: 'VIG_ALERT_REFUSED', reason: seal.refused ?? 'refused by the API' }
}
