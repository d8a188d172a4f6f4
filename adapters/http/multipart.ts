import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import busboy from 'busboy'

export type Part = {
  readonly name: string
  /** Without folders; `null` where the sender gave none. */
  readonly filename: string | null
  /** Of a file; `null`: a field. */
  readonly contentType: string | null
  readonly bytes: Buffer
}

export function isMultipart(headers: IncomingHttpHeaders): boolean {
  return /^multipart\/form-data\b/i.test(headers['content-type'] ?? '')
}

const mostParts = 200

/**
 * The parts of a whole `multipart/form-data` body, with their exact bytes. Rejects with an `Error` that says what is
 * wrong: no boundary, a broken header, an unfinished body, more than 200 parts, text that is not in its charset.
 */
export async function partsOfForm(headers: IncomingHttpHeaders, body: Buffer): Promise<readonly Part[]> {
  // latin1 keeps the bytes of a field, where UTF-8 would put replacement characters for broken ones.
  const parser = busboy({
    headers,
    defCharset: 'latin1',
    defParamCharset: 'utf8',
    limits: { fieldSize: body.length, parts: mostParts },
  })
  const parts: Part[] = []
  let wrong: string | undefined
  parser.on('field', (name, value) => {
    const bytes = bytesOf(value, body)
    if (bytes === undefined) wrong = `part ${JSON.stringify(name)} is not in its charset`
    else parts.push({ name: name ?? '', filename: null, contentType: null, bytes })
  })
  parser.on('file', (name, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    // An unfinished file is told by the parser too, which rejects.
    stream.on('error', () => {})
    const file = { name: name ?? '', filename: filename ?? null, contentType: mimeType }
    const index = parts.push({ ...file, bytes: Buffer.alloc(0) }) - 1
    stream.on('end', () => {
      parts[index] = { ...file, bytes: Buffer.concat(chunks) }
    })
  })
  parser.on('partsLimit', () => {
    wrong = `more than ${mostParts} parts`
  })
  const closed = once(parser, 'close')
  parser.end(body)
  await closed
  if (wrong !== undefined) throw new Error(wrong)
  return parts
}

/** A field that declares a charset comes decoded by it. Its bytes are those that lie in the body as they are. */
function bytesOf(value: string, body: Buffer): Buffer | undefined {
  return [Buffer.from(value, 'latin1'), Buffer.from(value, 'utf8')].find(bytes => body.includes(bytes))
}
