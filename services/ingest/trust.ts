import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What the HTTP API knows of a body that it puts on `alerts.raw`: who sent it. Kafka headers are believed only under
 * its HMAC, since anybody who may produce to the topic can write headers.
 */
export type Origin = {
  readonly tenant: string
  /** Name of the source in `sources.yaml`, or `null` where the shape shall decide. */
  readonly source: string | null
  /** `accepted`, or `refused`: the caller got an error, and the body is recorded to be counted. */
  readonly origin: 'accepted' | 'refused'
  /** Why it was refused, as the caller was told; `null` where it was not. */
  readonly refused: string | null
  /** Where it was driven again: which part it stands for. */
  readonly redrive?: Redrive
}

export type Redrive = {
  /** The part that was sent first, `rawId#part`, however often it was driven again since. */
  readonly origin: string
  /** 1 for the first time that it is driven again. */
  readonly attempt: number
}

export type Headers = Readonly<Record<string, Buffer>>

const names = {
  tenant: 'vigia-tenant',
  source: 'vigia-source',
  origin: 'vigia-origin',
  refused: 'vigia-refused',
  sha256: 'vigia-sha256',
  redrive: 'vigia-redrive',
  seal: 'vigia-seal',
} as const

/** The header that nobody is shown. */
export const sealName = names.seal

/** The headers of a record whose value is `body`, sealed with HMAC-SHA256 under the secret of the API. */
export function sealHeaders(origin: Origin, body: Buffer, secret: string): Record<string, Buffer> {
  const fields = {
    tenant: origin.tenant,
    source: origin.source ?? '',
    origin: origin.origin,
    refused: origin.refused ?? '',
    sha256: createHash('sha256').update(body).digest('hex'),
    // Only where there is one: what is not driven again is sealed as it was before this was known.
    ...(origin.redrive === undefined ? {} : { redrive: `${origin.redrive.attempt} ${origin.redrive.origin}` }),
  }
  const sealed = Object.entries(fields).map(([field, value]) => [
    names[field as keyof typeof fields],
    Buffer.from(value),
  ])
  return { ...Object.fromEntries(sealed), [names.seal]: Buffer.from(sealOf(Object.values(fields), secret)) }
}

/**
 * What the headers say of this body, or `undefined` where they are not the API's: no seal, a seal under another
 * secret, a changed field, or another body.
 */
export function openHeaders(headers: Headers, body: Buffer | null, secret: string): Origin | undefined {
  const [tenant, source, origin, refused, sha256, redrive, seal] = Object.values(names).map(name =>
    headers[name]?.toString(),
  )
  if (body === null || secret === '' || tenant === undefined || seal === undefined) return undefined
  const fields = [tenant, source ?? '', origin ?? '', refused ?? '', sha256 ?? '']
  if (!isSame(sealOf(redrive === undefined ? fields : [...fields, redrive], secret), seal)) return undefined
  if (createHash('sha256').update(body).digest('hex') !== sha256) return undefined
  return {
    tenant,
    source: source || null,
    origin: origin === 'refused' ? 'refused' : 'accepted',
    refused: refused || null,
    ...redriveOf(redrive),
  }
}

/** What headers say of where a record came from, whoever wrote them: only `openHeaders` tells what is believed. */
export function saidIn(headers: Headers): {
  readonly tenant: string | null
  readonly source: string | null
  readonly redrive?: Redrive
} {
  const [tenant, source, redrive] = [names.tenant, names.source, names.redrive].map(name => headers[name]?.toString())
  return { tenant: tenant || null, source: source || null, ...redriveOf(redrive) }
}

/** Those that the API writes, without what a sender adds. */
export function ownHeaders(headers: Headers): Headers {
  const own: readonly string[] = Object.values(names)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => own.includes(name)))
}

function redriveOf(text: string | undefined): { readonly redrive?: Redrive } {
  const [, attempt, origin] = /^([1-9]\d{0,8}) (.+)$/.exec(text ?? '') ?? []
  return attempt === undefined || origin === undefined ? {} : { redrive: { origin, attempt: Number(attempt) } }
}

/** Length-prefixed, so that no two lists of fields are sealed alike. */
function sealOf(fields: readonly string[], secret: string): string {
  const hmac = createHmac('sha256', secret).update('vigia-origin-1')
  for (const field of fields) hmac.update(`${Buffer.byteLength(field)}:`).update(field)
  return hmac.digest('hex')
}

function isSame(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)]
  return left.length === right.length && timingSafeEqual(left, right)
}
