import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sending } from './bodies.ts'

/** What became of the requests of one load. */
export type Answers = {
  /** By status; `failed`: no answer came. */
  readonly counts: Map<string, number>
  /** Requests that came due while as many as can be were open: nothing was sent. */
  unsent: number
  /** Milliseconds from sent to answered. */
  slowestMs: number
  /** How many took longer than the bounds below, in order. */
  readonly slower: number[]
  /** What the acknowledged were told: where it lies (202), or its fingerprint (201). */
  readonly rawIds: string[]
  readonly fingerprints: string[]
  /** Refusals that asked to come again without saying when. */
  withoutRetryAfter: number
}

/** Milliseconds: what is soon, and what ElastAlert2 waits. */
export const bounds = [1000, 10_000] as const

export type Load = { readonly api: string; readonly key: string; readonly next: () => Sending }

/** More than the intake holds at once, so that it has to refuse. */
const openAtOnce = 500
const tickMs = 10
/** A client gives a request up after this. */
const patienceMs = 60_000

/** Open loop: requests come due by the clock alone, whatever becomes of those before. Resolves when all are answered. */
export async function sendFor(load: Load, perSecond: number, seconds: number): Promise<Answers> {
  const agent = new Agent({ keepAlive: true, maxSockets: openAtOnce })
  const answers: Answers = {
    ...{ counts: new Map(), unsent: 0, slowestMs: 0, slower: bounds.map(() => 0), rawIds: [], fingerprints: [] },
    withoutRetryAfter: 0,
  }
  let open = 0
  const idle = Promise.withResolvers<void>()
  let isOver = false
  const began = performance.now()
  let sent = 0

  const one = (): void => {
    const { path, body } = load.next()
    const at = performance.now()
    open += 1
    const done = (what: string) => {
      answers.counts.set(what, (answers.counts.get(what) ?? 0) + 1)
      const ms = performance.now() - at
      answers.slowestMs = Math.max(answers.slowestMs, ms)
      for (const [index, bound] of bounds.entries())
        if (ms > bound) answers.slower[index] = (answers.slower[index] ?? 0) + 1
      open -= 1
      if (isOver && open === 0) idle.resolve()
    }
    const asking = request(
      `${load.api}${path}`,
      {
        ...{ method: 'POST', agent, timeout: patienceMs },
        headers: {
          authorization: `Bearer ${load.key}`,
          'content-type': 'application/json',
          'content-length': body.length,
        },
      },
      response =>
        void read(response, answers).then(
          () => done(String(response.statusCode)),
          () => done('failed'),
        ),
    )
    asking.on('timeout', () => asking.destroy(new Error('no answer')))
    asking.on('error', () => done('failed'))
    asking.end(body)
  }

  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    for (; sent < due; sent++) {
      if (open < openAtOnce) one()
      else answers.unsent += 1
    }
    await sleep(tickMs)
  }
  isOver = true
  if (open > 0) await idle.promise
  agent.destroy()
  return answers
}

async function read(response: IncomingMessage, answers: Answers): Promise<void> {
  const { statusCode = 0, headers } = response
  if (statusCode !== 201 && statusCode !== 202) {
    const mayComeAgain = statusCode === 503 || statusCode === 429
    if (mayComeAgain && headers['retry-after'] === undefined) answers.withoutRetryAfter += 1
    response.resume()
    await new Promise<void>((resolve, reject) => response.once('end', resolve).once('error', reject))
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const told = JSON.parse(Buffer.concat(chunks).toString()) as { _id: string; rawId?: string }
  if (told.rawId === undefined) answers.fingerprints.push(told._id)
  else answers.rawIds.push(told.rawId)
}

export function countOf(answers: Answers, ...what: readonly string[]): number {
  return what.reduce((sum, each) => sum + (answers.counts.get(each) ?? 0), 0)
}

export function totalOf(answers: Answers): number {
  return [...answers.counts.values()].reduce((sum, count) => sum + count, 0)
}
