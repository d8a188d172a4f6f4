import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import path from 'node:path'
import axios, { type AxiosResponse, isAxiosError } from 'axios'
import { messageOf, VigiaError } from '../../core/errors.ts'
import { uuidPattern } from './misp-wire.ts'

export type FeedAccess = {
  readonly name: string
  /** A folder, or an http(s) address that `manifest.json` lies below. */
  readonly location: string
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string
  /** Sent with each request, for a feed that asks for a key. */
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds until a request is given up; 60,000 unless told. */
  readonly timeoutMs?: number
}

export type ManifestFile = { readonly text: string; readonly etag: string | undefined }

/** The files of a feed. VIG_NEIGHBOUR_UNAVAILABLE where trying again may help. */
export type FeedFiles = {
  /** `unchanged` only where an etag was given and the server knows it. */
  manifest(etag: string | undefined, signal: AbortSignal): Promise<ManifestFile | 'unchanged'>
  /** The text of `<uuid>.json`, or why there is none. */
  event(uuid: string, signal: AbortSignal): Promise<{ readonly text: string } | { readonly cause: string }>
}

const fileLimit = 64 * 1024 * 1024
/** Statuses that pass by themselves; any other means that this file is broken. */
const passing = new Set([408, 425, 429, 502, 503, 504])

export function feedFiles(access: FeedAccess): FeedFiles {
  return /^https?:\/\//i.test(access.location) ? remote(access) : folder(access)
}

function folder({ name, location }: FeedAccess): FeedFiles {
  return {
    async manifest(_etag, signal) {
      try {
        return {
          text: await readFile(path.join(location, 'manifest.json'), { encoding: 'utf8', signal }),
          etag: undefined,
        }
      } catch (error) {
        signal.throwIfAborted()
        throw unavailable(name, 'manifest.json', codeOf(error))
      }
    },
    async event(uuid, signal) {
      if (!uuidPattern.test(uuid)) return { cause: 'its name is no uuid' }
      try {
        return { text: await readFile(path.join(location, `${uuid}.json`), { encoding: 'utf8', signal }) }
      } catch (error) {
        signal.throwIfAborted()
        return { cause: codeOf(error) }
      }
    },
  }
}

function remote({ name, location, caFile, headers, timeoutMs }: FeedAccess): FeedFiles {
  const http = axios.create({
    baseURL: location.replace(/\/+$/, ''),
    timeout: timeoutMs ?? 60_000,
    maxRedirects: 3,
    maxContentLength: fileLimit,
    responseType: 'text',
    transformResponse: text => text,
    validateStatus: () => true,
    headers: { Accept: 'application/json', ...headers },
    ...(caFile === undefined ? {} : { httpsAgent: new Agent({ ca: readFileSync(caFile) }) }),
  })

  async function get(file: string, signal: AbortSignal, etag?: string): Promise<AxiosResponse<string>> {
    let reply: AxiosResponse<string>
    try {
      reply = await http.get<string>(`/${file}`, {
        signal,
        headers: etag === undefined ? {} : { 'If-None-Match': etag },
      })
    } catch (error) {
      signal.throwIfAborted()
      // Not as a cause: axios keeps the request's headers in its errors.
      throw unavailable(name, file, isAxiosError(error) ? (error.code ?? error.message) : messageOf(error))
    }
    if (passing.has(reply.status)) throw unavailable(name, file, `status ${reply.status}`, retryAfterOf(reply))
    return reply
  }

  return {
    async manifest(etag, signal) {
      const reply = await get('manifest.json', signal, etag)
      if (etag !== undefined && reply.status === 304) return 'unchanged'
      if (reply.status === 401 || reply.status === 403) {
        const message = `feed ${name}: manifest.json was refused (${reply.status}); mend the headers of this feed`
        throw new VigiaError('VIG_NEIGHBOUR_REFUSED', message, { status: reply.status })
      }
      if (reply.status !== 200) throw unavailable(name, 'manifest.json', `status ${reply.status}`)
      const tag: unknown = reply.headers.etag
      return { text: reply.data, etag: typeof tag === 'string' ? tag : undefined }
    },
    async event(uuid, signal) {
      if (!uuidPattern.test(uuid)) return { cause: 'its name is no uuid' }
      const reply = await get(`${uuid}.json`, signal)
      return reply.status === 200 ? { text: reply.data } : { cause: `status ${reply.status}` }
    },
  }
}

function unavailable(name: string, file: string, cause: string, retryAfterMs?: number): VigiaError {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs }
  return new VigiaError('VIG_NEIGHBOUR_UNAVAILABLE', `feed ${name}: ${file}: ${cause}`, details)
}

function retryAfterOf(reply: AxiosResponse<string>): number | undefined {
  const value: unknown = reply.headers['retry-after']
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : undefined
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
}
