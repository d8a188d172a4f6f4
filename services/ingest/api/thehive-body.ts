import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isMultipart, type Part, partsOfForm } from '../../../adapters/http/multipart.ts'
import type { Answer } from '../../../adapters/http/route.ts'
import { canonicalJson, deepestNesting } from '../../../core/canonical.ts'
import { messageOf } from '../../../core/errors.ts'
import { isObject, type JsonObject, kindOf } from '../json-object.ts'
import { whereNotJson } from '../json-position.ts'
import { mostFiles } from '../sources/file-described.ts'
import { problemsOfTheHive } from '../sources/thehive-fields.ts'
import { fieldsProblem, problem } from './problem.ts'
import { type ReceivedFile, withoutFiles } from './thehive-files.ts'

/**
 * What a request to create an alert holds: the bytes that are put on `alerts.raw`, which are the sender's own unless files
 * came with them, and either their JSON or the answer that refuses them.
 */
export type TheHiveBody =
  | {
      readonly bytes: Buffer
      readonly alert: JsonObject
      readonly files: readonly ReceivedFile[]
      readonly refusal?: undefined
    }
  | { readonly bytes: Buffer; readonly refusal: Answer; readonly alert?: undefined }

/** Never rejects. `keeps`: whether there is a store for the files. Contract TheHive 1.3, 1.5 to 1.7. */
export async function theHiveBodyOf(headers: IncomingHttpHeaders, body: Buffer, keeps: boolean): Promise<TheHiveBody> {
  if (!isMultipart(headers)) return checked(body, [], keeps)
  const form = await partsOfForm(headers, body).catch((error: unknown) => messageOf(error))
  if (typeof form === 'string')
    return refusedUnseen('vigia_multipart', body, `The multipart body cannot be read: ${form}`)
  // thehive4py 2 sends the JSON last, and as if it were a file.
  const json = form.find(part => part.name === '_json')
  if (json === undefined) return refusedUnseen('vigia_multipart', body, 'The multipart body has no part _json')
  const files = form.filter(part => part !== json && part.contentType !== null && !isEmptyInput(part))
  return checked(json.bytes, files, keeps)
}

/** What a browser sends for a file that was not chosen. */
function isEmptyInput(part: Part): boolean {
  return !part.filename && part.bytes.length === 0
}

function checked(bytes: Buffer, parts: readonly Part[], keeps: boolean): TheHiveBody {
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
  const without = withoutFiles(text, value, parts, keeps && problems.length === 0)
  if (without === undefined)
    return refusedUnseen('vigia_body', bytes, `More than ${mostFiles} files came with one alert`)
  const { text: rest, alert, files } = without
  const put = rest === text ? bytes : Buffer.from(rest)
  return problems.length > 0 ? { bytes: put, refusal: fieldsProblem(problems) } : { bytes: put, alert, files }
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

/** It may hold files, so that it is told what it was, not what it held. */
function refusedUnseen(as: string, body: Buffer, message: string): TheHiveBody {
  const sha256 = createHash('sha256').update(body).digest('hex')
  return refused(Buffer.from(JSON.stringify({ [as]: { size: body.length, sha256 } })), message)
}
