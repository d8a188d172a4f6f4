import axios, { type AxiosResponse, isAxiosError } from 'axios'
import type { Sent } from './notifier.ts'

/** One POST of JSON. Never follows a redirect: what was allowed to go to one place does not go to another. */
export type Post = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export type Answer = { readonly status: number; readonly text: string }

/** An answer that is longer breaks the call off; nobody who confirms a notice says that much. */
const longestAnswer = 1024 * 1024

/** The answer, or what is known of a call that got none. Errors are told by their code: their texts name URLs. */
export async function post({ url, headers, body, timeoutMs, signal }: Post): Promise<Answer | Sent> {
  try {
    const response: AxiosResponse<string> = await axios.post(url, body, {
      headers,
      signal,
      timeout: timeoutMs,
      maxRedirects: 0,
      maxContentLength: longestAnswer,
      responseType: 'text',
      transformResponse: text => text,
      validateStatus: () => true,
    })
    return { status: response.status, text: String(response.data ?? '') }
  } catch (error) {
    return withoutAnswer(error)
  }
}

/** 2xx is done, 3xx and 4xx are refusals; after a 5xx nobody knows how far the receiver came. */
export function sentFor(status: number): Sent {
  if (status >= 200 && status < 300) return { result: 'done', says: `answered ${status}` }
  if (status >= 300 && status < 400) return { result: 'failed', says: `answered ${status}; redirects are not followed` }
  if (status >= 400 && status < 500) return { result: 'failed', says: `answered ${status}` }
  return { result: 'unknown', says: `answered ${status}; it may have been done` }
}

function withoutAnswer(error: unknown): Sent {
  if (!isAxiosError(error)) return { result: 'unknown', says: 'the call broke off' }
  const code = error.code ?? 'no code'
  if (neverSent(error)) return { result: 'failed', says: `not reached: ${code}` }
  if (code === 'ERR_CANCELED') return { result: 'unknown', says: 'stopped while the call was under way' }
  return { result: 'unknown', says: `no answer: ${code}` }
}

/** Failures of the name, the connection or the certificate: all come before the first byte of the request. */
const before =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|ERR_INVALID_URL|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

function neverSent(error: { readonly code?: string | undefined; readonly cause?: unknown }): boolean {
  const cause = error.cause
  const syscall = typeof cause === 'object' && cause !== null && 'syscall' in cause ? cause.syscall : undefined
  return before.test(error.code ?? '') || syscall === 'connect' || syscall === 'getaddrinfo'
}
