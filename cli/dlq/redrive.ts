import { partIdOf } from '../../core/ids.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { AlertRecord } from '../../schemas/generated/types.ts'
import { type Judged, judge } from '../../services/ingest/judge.ts'
import { partTaker } from '../../services/ingest/part-bytes.ts'
import { partsOf } from '../../services/ingest/parts.ts'
import type { IngestRules } from '../../services/ingest/rules.ts'
import type { Connection } from '../connection.ts'
import { answerMs } from '../verbs/await-answer.ts'
import { ApiRefusal, type RedriveRequest } from '../verbs/post-command.ts'
import { adviceFor, type DeadLetterEntry, stateOf, triedAs, triesAt } from './dead-letter.ts'
import type { DeadLetters, Held } from './read-dead-letters.ts'

/** One dead letter that is to be driven again, or why it is not. */
export type Drive =
  | { readonly entry: DeadLetterEntry; readonly request: RedriveRequest; readonly refused?: undefined }
  | { readonly entry: DeadLetterEntry; readonly refused: string; readonly request?: undefined }

export type Driving = {
  /** Bytes that are sent instead of those that failed. */
  readonly edited?: Buffer
  /** Also what went through already. */
  readonly again: boolean
}

/**
 * What is sent for each of them: its own part of the record alone, or the edited bytes, under the part that was sent first and
 * the attempt after the highest so far.
 */
export function drivesOf(
  chosen: readonly DeadLetterEntry[],
  { tries }: Pick<DeadLetters, 'tries'>,
  bytes: ReadonlyMap<string, Held>,
  { edited, again }: Driving,
): readonly Drive[] {
  const attempts = new Map<string, number>()
  const takers = new Map<Buffer, ReturnType<typeof partTaker>>()
  const alone = ({ id, ...entry }: DeadLetterEntry): Buffer | string => {
    if (edited !== undefined) return edited
    const whole = bytes.get(id)?.value
    if (whole === undefined) return 'its bytes are not kept any more'
    const part = entry.sent?.part ?? entry.part
    if (part === null) return whole
    const take = takers.get(whole) ?? partTaker(whole)
    takers.set(whole, take)
    return take(part) ?? 'its part cannot stand alone: send it with --edit'
  }
  return chosen.map((entry): Drive => {
    const { id, origin, tenant } = entry
    if (origin === null) return { entry, refused: adviceFor(entry) }
    const known = triesAt(entry, tries)
    if (stateOf(entry, tries) === 'taken' && !again)
      return { entry, refused: `attempt ${known?.taken?.attempt} went through: --again drives it once more` }
    const value = alone(entry)
    if (typeof value === 'string') return { entry, refused: value }
    const parts = partsOf(value).length
    if (parts !== 1)
      return { entry, refused: `it holds ${parts} alerts, and stands for one: send them with vigia send` }
    const as = triedAs(origin, tenant)
    const attempt = Math.max(attempts.get(as) ?? 0, known?.highest ?? 0, entry.attempt) + 1
    attempts.set(as, attempt)
    const source = bytes.get(id)?.declared ?? entry.declared
    const request = { origin, attempt, tenant, source, value: value.toString('base64') }
    return { entry, request }
  })
}

/** What ingest made, or would make, of it. */
export type Driven = {
  readonly outcome: AlertRecord['kind'] | 'pending'
  readonly says: string
  readonly eventId: string | null
}

/** On no broker. */
export function judged(rules: IngestRules, { tenant, source, value }: RedriveRequest, at: number): Driven {
  const [part] = partsOf(Buffer.from(value, 'base64'))
  const received = { tenant, source, topic: topics.alertsRaw.name, at, part: 0, parts: 1 }
  const { outcome } = judge(rules, received, part ?? { code: 'VIG_ALERT_NOT_JSON', reason: 'it is empty' })
  return { outcome: outcome.kind, says: saysOf(outcome), eventId: null }
}

function saysOf(event: Judged['outcome'] | AlertRecord): string {
  switch (event.kind) {
    case 'alert':
      return `alert from ${event.alert.source}: ${event.alert.title} (${event.alert.severity})`
    case 'rejection':
      return `rejected: ${event.rejection.code}: ${event.rejection.reason}`
    case 'suppression':
      return `suppressed by the policy ${event.suppression.policy}: ${event.suppression.reason}`
  }
}

/**
 * Sends, and waits for what ingest makes of each, by the raw record that it became. Reading begins where the topic ended
 * before anything was sent, so that no outcome is missed. What is not decided in time is absent.
 */
export async function driven(
  { log, codec, prefix }: Pick<Connection, 'log' | 'codec' | 'prefix'>,
  send: () => Promise<readonly string[]>,
  withinMs = answerMs,
): Promise<ReadonlyMap<string, Driven>> {
  const bounds = await log.bounds(prefix + topics.alerts.name)
  const offsets = new Map(bounds.map(({ partition, end }) => [partition, end]))
  const causes = new Map((await send()).map(rawId => [partIdOf(rawId, 0), rawId]))
  const outcomes = new Map<string, Driven>()
  if (causes.size === 0) return outcomes
  const signal = AbortSignal.timeout(withinMs)
  for await (const records of log.read(prefix + topics.alerts.name, { from: { offsets }, signal })) {
    await codec.learn(records.map(record => record.value))
    for (const { value } of records) {
      if (value === null) continue
      const event = codec.decode(topics.alerts, value) as unknown as AlertRecord
      const rawId = causes.get(event.causeId)
      if (rawId !== undefined) outcomes.set(rawId, { outcome: event.kind, says: saysOf(event), eventId: event.id })
    }
    if (outcomes.size === causes.size) break
  }
  return outcomes
}

/** What came of sending: the raw record that each became, or why it did not. */
export type Sent = {
  readonly rawIds: ReadonlyMap<Drive, string>
  readonly refusals: ReadonlyMap<Drive, string>
  /** Why no more were sent. */
  readonly problem: unknown
}

/** Later, when there is room again: what the API will not take from anybody now. */
const busy: readonly number[] = [429, 503]

/**
 * One after another. What the API refuses, as a 403 for the tenant, is refused alone; where it has no room, does not answer or
 * does not know the key, the rest is left.
 */
export async function sendEach(
  drives: readonly Drive[],
  post: (request: RedriveRequest) => Promise<string>,
): Promise<Sent> {
  const rawIds = new Map<Drive, string>()
  const refusals = new Map<Drive, string>()
  for (const each of drives) {
    if (each.request === undefined) {
      refusals.set(each, each.refused)
      continue
    }
    try {
      rawIds.set(each, await post(each.request))
    } catch (error) {
      if (!(error instanceof ApiRefusal) || busy.includes(error.status)) return { rawIds, refusals, problem: error }
      refusals.set(each, error.message)
    }
  }
  return { rawIds, refusals, problem: undefined }
}
