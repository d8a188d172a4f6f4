import type { ContentStore } from '../../../adapters/content/content-store.ts'
import type { Answer } from '../../../adapters/http/route.ts'
import type { AppendedAt, Producer } from '../../../runtime/producer.ts'
import type { SourceOfAlert } from '../identity.ts'
import type { JsonObject } from '../json-object.ts'
import type { Part } from '../parts.ts'
import { sealHeaders } from '../trust.ts'
import { answerWithinMs, inTime } from './in-time.ts'
import type { ApiKey } from './keys.ts'
import { logProblem } from './problem.ts'
import { refusedRecorder } from './refused.ts'

export type IntakeOptions = {
  readonly sealSecret: string
  /** Epoch ms; only for what is answered. */
  readonly clock: () => number
  /** The correlation domain of a tenant's alerts from a source, as ingest finds it: part of the fingerprint. */
  readonly domainFor: (tenant: string, source: string) => string
  /** The fingerprint that ingest will give the only alert of a webhook's body; without one, `_id` is the raw id. */
  readonly fingerprintFor?: ((body: JsonObject, source: string, tenant: string) => string | undefined) | undefined
  /** The alerts in a webhook's body, as ingest will find them. */
  readonly partsOf: (body: Buffer) => readonly Part[]
  /** The source that ingest will give an alert of a webhook's body that was sent for a source. */
  readonly sourceFor: (body: JsonObject, source: string) => SourceOfAlert
  /** Where the files of alerts go; without one they are described, not kept. */
  readonly content?: ContentStore | undefined
  /** Milliseconds after which a request that waits for the log is answered 503. */
  readonly answerWithinMs?: number
}

/** What every route that takes alerts does with them. */
export type Intake = Pick<
  IntakeOptions,
  'clock' | 'domainFor' | 'fingerprintFor' | 'partsOf' | 'sourceFor' | 'content'
> & {
  /** Puts a body on `alerts.raw`, under the seal. Rejects as `Producer.raw` does. */
  put(bytes: Buffer, tenant: string, source: string): Promise<AppendedAt>
  /** The refusal is recorded before it is told: a sender that reads it may rely on it. */
  refuse(refusal: Answer, bytes: Buffer, tenant: string, source: string): Promise<Answer>
  /** The answer in time, or what stands for it where log or store do not take it. */
  answered(work: () => Promise<Answer>): Promise<Answer>
  /** See `KeyGate`. */
  charge(key: ApiKey, alerts: number): void
}

export function intakeOf(options: IntakeOptions, producer: Producer, charge: Intake['charge']): Intake {
  const { sealSecret, clock, domainFor, fingerprintFor, partsOf, sourceFor, content } = options
  const recordRefused = refusedRecorder(producer, sealSecret)
  return {
    ...{ clock, domainFor, fingerprintFor, partsOf, sourceFor, content, charge },
    put: (bytes, tenant, source) =>
      producer.raw(bytes, sealHeaders({ tenant, source, origin: 'accepted', refused: null }, bytes, sealSecret)),
    async refuse(refusal, bytes, tenant, source) {
      const { message } = refusal.body as { message: string }
      await recordRefused({ tenant, source, bytes, reason: message })
      return refusal
    },
    async answered(work) {
      try {
        return await inTime(options.answerWithinMs ?? answerWithinMs, work())
      } catch (error) {
        return logProblem(error)
      }
    },
  }
}
