import type { Answer, Head } from '../../../adapters/http/route.ts'
import { fingerprintOfTheHive } from '../../../core/fingerprint.ts'
import type { JsonObject } from '../json-object.ts'
import type { Intake } from './intake.ts'
import { type ApiKey, maySendFor } from './keys.ts'
import { sourceForbidden } from './problem.ts'
import type { Created } from './thehive-answer.ts'
import { theHiveBodyOf } from './thehive-body.ts'

/** As the seal names what comes by TheHive's protocol, whatever the alert calls its own source. */
export const theHive = 'thehive'

/** Creates an alert as TheHive does, for `answer` to tell it in the shape of its version. */
export async function takeAlert(
  intake: Intake,
  key: ApiKey,
  head: Head,
  body: Buffer,
  answer: (created: Created) => JsonObject,
): Promise<Answer> {
  return intake.answered(async () => {
    const read = await theHiveBodyOf(head.headers, body, intake.content !== undefined)
    if (read.refusal !== undefined) return intake.refuse(read.refusal, read.bytes, key.tenant, theHive)
    const { bytes, alert, files } = read
    // A key for the protocol may name any source; one for a source sends what bears its name.
    const source = String(alert.source)
    if (!maySendFor(key, theHive) && !maySendFor(key, source)) return sourceForbidden(key, source)
    const id = fingerprintOfTheHive(alert, intake.domainFor(key.tenant, theHive))
    // Told before it is put: a parsed alert is much larger than its bytes, and need not wait for the log.
    const created = answer({ id, alert, by: key.name, at: intake.clock() })
    for (const file of files) await intake.content?.put(file.bytes)
    await intake.put(bytes, key.tenant, theHive)
    return { status: 201, body: created }
  })
}
