import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Answer } from '../../../adapters/http/route.ts'
import { compileAlertCondition, longestSuppressionMs } from '../../../core/cel/alert-condition.ts'
import { digest } from '../../../core/ids.ts'
import type { Draft } from '../../../runtime/decision.ts'
import type { Producer } from '../../../runtime/producer.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { CommandRecord } from '../../../schemas/generated/types.ts'
import type { ApiKey } from './keys.ts'
import { logProblem, problem } from './problem.ts'

const id = z.string().min(1).max(200)
const reason = z.string().max(2000).default('')
const reasonGiven = z.string().trim().min(1).max(2000)
/** CEL over the alert. */
const when = z.string().superRefine((source, context) => {
  const compiled = compileAlertCondition(source)
  if (!('problems' in compiled)) return
  for (const { at, says } of compiled.problems) context.addIssue({ code: 'custom', message: `at ${at}: ${says}` })
})
/** The tenant, or tenant/site. */
const domain = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}(?:\/[A-Za-z0-9._-]{1,64})?$/)
  .optional()

const command = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approve'), actionId: id, reason, domain }),
  z.strictObject({ kind: z.literal('reject'), actionId: id, reason, domain }),
  z.strictObject({ kind: z.literal('close-case'), caseId: id, reason, domain }),
  z.strictObject({ kind: z.literal('add-suppression'), when, reason: reasonGiven, expiresAt: z.int(), domain }),
  z.strictObject({ kind: z.literal('end-suppression'), suppressionId: id, reason: reasonGiven, domain }),
])

type Command = z.output<typeof command>

/**
 * Records what a person asked for, under the name and role of the key. The answer says that it was recorded, not that it
 * was done. `now`: epoch ms. With an `Idempotency-Key` a repeat has the same id, by which its reader knows it.
 */
export async function takeCommand(
  producer: Producer,
  key: ApiKey,
  body: Buffer,
  idempotencyKey: string | undefined,
  now: number,
): Promise<Answer> {
  if (!isUtf8(body)) return problem(400, 'The body is not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return problem(400, 'The body is not JSON')
  }
  const parsed = command.safeParse(value)
  if (!parsed.success) return problem(400, z.prettifyError(parsed.error))
  const wanted = parsed.data.domain ?? key.tenant
  if (wanted !== key.tenant && !wanted.startsWith(`${key.tenant}/`)) {
    return problem(403, 'The domain is not of the tenant of this key')
  }
  if (parsed.data.kind === 'add-suppression') {
    const lastsMs = parsed.data.expiresAt - now
    if (lastsMs <= 0) return problem(400, 'expiresAt: has passed')
    if (lastsMs > longestSuppressionMs) return problem(400, 'expiresAt: is more than a year away')
  }
  const commandId = !idempotencyKey
    ? randomUUID()
    : digest(['command', key.tenant, key.name, idempotencyKey]).slice(0, 32)
  const draft: Draft<CommandRecord> = {
    ...asked(parsed.data),
    actor: key.name,
    roles: [key.role],
    tenant: key.tenant,
    domain: wanted,
  }
  try {
    await producer.event(topics.commands, `${wanted}#${commandId}`, commandId, draft)
  } catch (error) {
    return logProblem(error)
  }
  return { status: 202, body: { commandId } }
}

function asked(given: Command) {
  const { kind, reason } = given
  switch (kind) {
    case 'approve':
      return { kind, approve: { actionId: given.actionId, reason } }
    case 'reject':
      return { kind, reject: { actionId: given.actionId, reason } }
    case 'close-case':
      return { kind, closeCase: { caseId: given.caseId, reason } }
    case 'add-suppression':
      return { kind, addSuppression: { when: given.when, reason, expiresAt: given.expiresAt } }
    case 'end-suppression':
      return { kind, endSuppression: { suppressionId: given.suppressionId, reason } }
  }
}
