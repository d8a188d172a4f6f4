import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isMultipart, type Part, partsOfForm } from '../../../adapters/http/multipart.ts'
import type { Answer } from '../../../adapters/http/route.ts'
import { canonicalJson, deepestNesting } from '../../../core/canonical.ts'
import { messageOf } from '../../../core/errors.ts'
import { isObject, type JsonObject, kindOf } from '../json-object.ts'
import { whereNotJson } from '../json-position.ts'
import { problemsOfTheHive } from '../sources/thehive-fields.ts'
import { fieldsProblem, problem } from './problem.ts'

/**
 * What a request to create an alert holds: the exact bytes that are put on `alerts.raw`, and either their JSON or the
 * answer that refuses them.
 */
export type TheHiveBody =
  | { readonly bytes: Buffer; readonly alert: JsonObject; readonly refusal?: undefined }
  | { readonly bytes: Buffer; readonly refusal: Answer; readonly alert?: undefined }

/** Never rejects. Contract TheHive 1.3, 1.5 to 1.7. */
export async function theHiveBodyOf(headers: IncomingHttpHeaders, body: Buffer): Promise<TheHiveBody> {
  if (!isMultipart(headers)) return checked(body)
  const form = await partsOfForm(headers, body).catch((error: unknown) => messageOf(error))
  if (typeof form === 'string') return refused(body, `The multipart body cannot be read: ${form}`)
  // thehive4py 2 sends the JSON last, and as if it were a file.
  const json = form.find(part => part.name === '_json')
  if (json === undefined) return refused(body, 'The multipart body has no part _json')
  const read = checked(json.bytes)
  const files = form.filter(part => part !== json && part.filename !== null)
  if (read.refusal !== undefined || files.length === 0) return read
  return { bytes: withFiles(read.bytes, files), alert: { ...read.alert, vigia_files: files.map(described) } }
}

function checked(bytes: Buffer): TheHiveBody {
  if (!isUtf8(bytes)) return refused(bytes, 'The body is not UTF-8')
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const { position, found } = whereNotJson(text)
    return refused(bytes, `The body is not JSON: position ${position}: ${found}`)
  }
  if (!isObject(value)) return refused(bytes, `The body is ${kindOf(value)}, not a JSON object`)
  if (isTooDeep(value)) return refused(bytes, `The body is nested deeper than ${deepestNesting} levels`)
  const problems = problemsOfTheHive(value)
  return problems.length > 0 ? { bytes, refusal: fieldsProblem(problems) } : { bytes, alert: value }
}

/** What has no canonical form can have no fingerprint. */
function isTooDeep(value: JsonObject): boolean {
  try {
    canonicalJson(value)
    return false
  } catch {
    return true
  }
}

function refused(bytes: Buffer, message: string): TheHiveBody {
  return { bytes, refusal: problem(400, message) }
}

/** Files are not kept; what they were is, beside the sender's own text, of which no byte changes. */
function withFiles(json: Buffer, files: readonly Part[]): Buffer {
  const text = json.toString('utf8').trimEnd()
  const inner = text.slice(0, -1)
  // An alert has its required fields, so that there is always something before the comma.
  return Buffer.from(`${inner},"vigia_files":${JSON.stringify(files.map(described))}}`)
}

function described(file: Part): JsonObject {
  return {
    part: file.name,
    name: file.filename,
    size: file.bytes.length,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
  }
}
