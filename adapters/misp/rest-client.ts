import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import axios, { type AxiosResponse, isAxiosError } from 'axios'
import { messageOf, VigiaError } from '../../core/errors.ts'

export type MispAccess = {
  /** Base address, with or without a closing slash. */
  readonly url: string
  readonly key: string
  /** PEM file of the authority that signed MISP's certificate. */
  readonly caFile?: string
  /** Milliseconds until a call is given up; 60,000 unless told. */
  readonly timeoutMs?: number
}

/** A 200 with JSON. `date` is MISP's own clock (epoch ms), where it told. */
export type MispReply = { readonly body: unknown; readonly resultCount: number; readonly date: number | undefined }

export type MispClient = { post(path: string, body: object, signal: AbortSignal): Promise<MispReply> }

/** The largest reply that is read: some ten thousand attributes with context take 8 MB. */
const replyLimit = 64 * 1024 * 1024

/**
 * Calls MISP over REST (contract section 1; reference sections 2 and 3). The key is in no error and no log: not even as a
 * cause, since axios keeps the request's headers in its errors.
 */
export function mispClient(access: MispAccess): MispClient {
  const http = axios.create({
    baseURL: access.url.replace(/\/+$/, ''),
    timeout: access.timeoutMs ?? 60_000,
    maxRedirects: 0,
    maxContentLength: replyLimit,
    responseType: 'text',
    // Left as text: axios would hand on what is no JSON as if it were a string.
    transformResponse: text => text,
    validateStatus: () => true,
    // Exactly this Accept: with axios's own MISP answers HTML, with a charset 500, with any other 302.
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', Authorization: access.key },
    ...(access.caFile === undefined ? {} : { httpsAgent: new Agent({ ca: readFileSync(access.caFile) }) }),
  })

  async function post(path: string, body: object, signal: AbortSignal): Promise<MispReply> {
    let reply: AxiosResponse<string>
    try {
      reply = await http.post<string>(path, body, { signal })
    } catch (error) {
      signal.throwIfAborted()
      const cause = isAxiosError(error) ? (error.code ?? error.message) : messageOf(error)
      throw new VigiaError('VIG_NEIGHBOUR_UNAVAILABLE', `MISP ${path}: no answer (${cause})`)
    }
    if (reply.status !== 200) throw refusal(path, reply, access.key)
    return {
      body: jsonOf(path, reply.data),
      resultCount: Number(header(reply, 'x-result-count') ?? 0) || 0,
      date: epochMs(header(reply, 'date')),
    }
  }

  return { post }
}

function refusal(path: string, reply: AxiosResponse<string>, key: string): VigiaError {
  const { status } = reply
  const said = saidBy(reply.data, key)
  if (status === 429) {
    const seconds = Number(header(reply, 'x-rate-limit-reset'))
    const details = Number.isFinite(seconds) && seconds >= 0 ? { status, retryAfterMs: seconds * 1_000 } : { status }
    return new VigiaError('VIG_NEIGHBOUR_UNAVAILABLE', `MISP ${path}: the rate limit of this key is used up`, details)
  }
  if (status >= 300 && status < 400) {
    const message = `MISP ${path}: redirected (${status}), so MISP is in maintenance or VIGIA_MISP_URL is wrong`
    return new VigiaError('VIG_NEIGHBOUR_UNAVAILABLE', message, { status })
  }
  // MISP answers 403, never 401, to a key that is missing, unknown or expired.
  if (status === 401 || status === 403) {
    const message = `MISP ${path}: the key was refused (${status}: ${said}); set VIGIA_MISP_KEY to a key of an enabled user`
    return new VigiaError('VIG_NEIGHBOUR_REFUSED', message, { status })
  }
  if (status >= 500) return new VigiaError('VIG_NEIGHBOUR_UNAVAILABLE', `MISP ${path}: ${status} (${said})`, { status })
  return new VigiaError('VIG_REPLY_INVALID', `MISP ${path}: ${status} (${said})`, { status })
}

/** MISP's own words, cut short, and never the key. */
function saidBy(text: string, key: string): string {
  const found = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? 'no message'
  const plain = found.replaceAll('&#039;', "'").replaceAll('&quot;', '"')
  return (key === '' ? plain : plain.replaceAll(key, '***')).slice(0, 200)
}

function jsonOf(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new VigiaError('VIG_REPLY_INVALID', `MISP ${path}: the reply is no JSON (${text.length} characters)`)
  }
}

function header(reply: AxiosResponse<string>, name: string): string | undefined {
  const value: unknown = reply.headers[name]
  return typeof value === 'string' ? value : undefined
}

function epochMs(date: string | undefined): number | undefined {
  const value = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(value) ? undefined : value
}
