import { z } from 'zod'
import { messageOf, VigiaError } from '../../core/errors.ts'
import { addressFrom } from '../connection.ts'
import { type Flags, type Io, UsageError } from '../verb.ts'

/** Without a domain: that of the key's tenant. */
export type Command = { readonly domain?: string; readonly reason: string } & (
  | { readonly kind: 'approve' | 'reject'; readonly actionId: string }
  | { readonly kind: 'close-case'; readonly caseId: string }
  | { readonly kind: 'add-suppression'; readonly when: string; readonly expiresAt: number }
  | { readonly kind: 'end-suppression'; readonly suppressionId: string }
)

/** docs/api.md, "Driving again". */
export type RedriveRequest = {
  readonly origin: string
  readonly attempt: number
  readonly tenant: string
  readonly source: string | null
  /** base64 */
  readonly value: string
}

/** The API would not have this one, and said why. */
export class ApiRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string | undefined) {
    super(`the API answered ${status}${message === undefined ? '' : `: ${message}`}`)
    this.status = status
  }
}

const recorded = z.object({ commandId: z.string() })
const put = z.object({ rawId: z.string() })
const refused = z.object({ message: z.string() })
const patienceMs = 10_000

/**
 * Asks through the API, under the key of whoever asks (docs/api.md, "Commands"); answers the id of the recorded command,
 * which is the cause of what follows from it. Throws `VIG_NOT_AUTHENTICATED`, `VIG_LOG_UNAVAILABLE`, or `ApiRefusal`.
 */
export async function postCommand(command: Command, flags: Flags, io: Io): Promise<string> {
  return (await post('/v1/commands', command, recorded, flags, io)).commandId
}

/** Answers the id of the raw record that it became. Throws as `postCommand` does. */
export async function postRedrive(request: RedriveRequest, flags: Flags, io: Io): Promise<string> {
  return (await post('/v1/redrive', request, put, flags, io)).rawId
}

async function post<Answer>(
  path: string,
  what: object,
  answered: z.ZodType<Answer>,
  flags: Flags,
  io: Io,
): Promise<Answer> {
  const { api, key } = addressFrom(flags, io.env)
  if (api === undefined || key === undefined)
    throw new UsageError('no API: start `vigia up`, or give --api and --key (VIGIA_API_URL, VIGIA_API_KEY)')
  const answer = await send(`${api.replace(/\/$/, '')}${path}`, key, what)
  const body: unknown = await answer.json().catch(() => undefined)
  if (answer.status === 401)
    throw new VigiaError('VIG_NOT_AUTHENTICATED', 'the API does not know this key: make one with `vigia key create`')
  if (answer.status !== 202) {
    const said = refused.safeParse(body)
    throw new ApiRefusal(answer.status, said.data?.message)
  }
  const read = answered.safeParse(body)
  if (!read.success) throw new VigiaError('VIG_REPLY_INVALID', 'the API answered 202 without an id')
  return read.data
}

async function send(url: string, key: string, what: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(what),
      signal: AbortSignal.timeout(patienceMs),
    })
  } catch (error) {
    throw new VigiaError(
      'VIG_LOG_UNAVAILABLE',
      `the API at ${new URL(url).origin} does not answer: ${messageOf(error)}`,
    )
  }
}
