import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Answer } from '../../../adapters/http/route.ts'
import { digest } from '../../../core/ids.ts'
import type { Draft } from '../../../runtime/decision.ts'
import type { Producer } from '../../../runtime/producer.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { CommandRecord } from '../../../schemas/generated/types.ts'
import type { ApiKey } from './keys.ts'
import { logProblem, problem } from './problem.ts'

const id = z.string().min(1).max(200)
const reason = z.string().max(2000).default('')
/** The tenant, or tenant/site. */
const domain = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}(?:\/[A-Za-z0-9._-]{1,64})?$/)
  .optional()

const command = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approve'), actionId: id, reason, domain }),
  z.strictObject({ kind: z.literal('reject'), actionId: id, reason, domain }),
  z.strictObject({ kind: z.literal('close-case'), caseId: id, reason, domain }),
])

type Command = z.output<typeof command>

/**
 * Records what a person asked for, under the name and role of the key. The answer says that it was recorded, not that it
 * was done. With an `Idempotency-Key` a repeat has the same id, by which its reader knows it.
 */
export async function takeCommand(
  producer: Producer,
  key: ApiKey,
  body: Buffer,
  idempotencyKey: string | undefined,
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
  switch (given.kind) {
    case 'approve':
      return { kind: given.kind, approve: { actionId: given.actionId, reason: given.reason } }
    case 'reject':
      return { kind: given.kind, reject: { actionId: given.actionId, reason: given.reason } }
    case 'close-case':
      return { kind: given.kind, closeCase: { caseId: given.caseId, reason: given.reason } }
  }
}
