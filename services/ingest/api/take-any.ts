import type { Answer } from '../../../adapters/http/route.ts'
import { rawIdOf } from '../../../core/ids.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { JsonObject } from '../json-object.ts'
import type { Intake } from './intake.ts'
import { type ApiKey, maySendFor } from './keys.ts'
import { problem, sourceForbidden } from './problem.ts'
import { theHive } from './take-alert.ts'

/** Takes a webhook's body as it is, of any shape, as one raw record. */
export function takeAny(intake: Intake, key: ApiKey, source: string, body: Buffer): Promise<Answer> {
  return intake.answered(async () => {
    const parts = intake.partsOf(body)
    const bodies = parts.flatMap(part => (part.body === undefined ? [] : [part.body]))
    intake.charge(key, parts.length)
    if (bodies.length === 0) {
      const refused = parts.find(part => part.body === undefined)
      return intake.refuse(problem(400, refused?.reason ?? 'The body is empty'), body, key.tenant, source)
    }
    // What an alert calls its source is what it is counted for.
    const foreign = foreignSource(intake, key, source, bodies)
    if (foreign !== undefined) return sourceForbidden(key, foreign)
    const only = parts.length === 1 ? bodies[0] : undefined
    const id = only && intake.fingerprintFor?.(only, source, key.tenant)
    const { partition, offset } = await intake.put(body, key.tenant, source)
    const rawId = rawIdOf(topics.alertsRaw.name, partition, offset)
    return { status: 202, body: { _id: id ?? rawId, rawId } }
  })
}

/**
 * The first source that an alert will have and the key may not send for; a key for TheHive's protocol may name any in that.
 * Our own name for it holds whatever reads the alert now: with other settings, another may read it again.
 */
function foreignSource(
  { sourceFor }: Intake,
  key: ApiKey,
  source: string,
  bodies: readonly JsonObject[],
): string | undefined {
  if (key.sources === null) return undefined
  for (const body of bodies) {
    const own = body.vigia_source
    if ((typeof own === 'string' || typeof own === 'number') && !maySendFor(key, String(own))) return String(own)
    const { name, byTheHive } = sourceFor(body, source)
    if (!maySendFor(key, name) && !(byTheHive && maySendFor(key, theHive))) return name
  }
  return undefined
}

/** Lines in one request; each becomes a record of its own. */
const mostLines = 10_000
/** So many lines are begun before others get their turn. */
const atOnce = 250

type Item = {
  readonly status: number
  readonly _id?: unknown
  readonly rawId?: unknown
  readonly error?: { readonly type: string; readonly message: string }
}

/** Takes NDJSON, a record for each line, and answers for each line in order; blank ones are passed over. */
export async function takeBulk(intake: Intake, key: ApiKey, source: string, body: Buffer): Promise<Answer> {
  const lines = linesOf(body)
  if (lines.length === 0) return problem(400, 'The body has no lines')
  if (lines.length > mostLines) return problem(413, `The body has ${lines.length} lines; at most ${mostLines}`)
  intake.charge(key, lines.length)
  const taking: Promise<Answer>[] = []
  for (const [index, line] of lines.entries()) {
    taking.push(takeAny({ ...intake, charge: () => {} }, key, source, line))
    if (index % atOnce === atOnce - 1) await new Promise(resolve => setImmediate(resolve))
  }
  const answers = await Promise.all(taking)
  const later = answers.find(answer => answer.status !== 503) === undefined ? answers[0] : undefined
  // Nothing was taken: a sender that looks at the status alone must see it.
  if (later !== undefined) return later
  const items = answers.map(itemOf)
  return { status: 200, body: { errors: items.some(item => item.error !== undefined), items } }
}

function itemOf({ status, body }: Answer): Item {
  if (status !== 202) return { status, error: body as { type: string; message: string } }
  return { status, ...(body as { _id: string; rawId: string }) }
}

function linesOf(body: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(0x0a, from)
    const line = body.subarray(from, end < 0 ? body.length : end)
    if (line.some(byte => byte > 0x20)) lines.push(line)
    from = end < 0 ? body.length : end + 1
  }
  return lines
}
