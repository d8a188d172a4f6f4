import { setTimeout as sleep } from 'node:timers/promises'
import type { Codec } from '../../../runtime/codec.ts'
import type { Log } from '../../../runtime/log.ts'
import { topics } from '../../../schemas/catalogue.ts'
import type { ResponseEvent } from '../../../schemas/generated/types.ts'

/** People who answer what waits for an approval, through the HTTP API, while it comes and goes. */
export type People = {
  /** Commands that the API acknowledged, by their ids. */
  readonly accepted: readonly string[]
  readonly refused: () => number
  /** Looks once more and answers what waits, so long as it takes; then ends. */
  finish(): Promise<void>
  stop(): Promise<void>
}

export type PeopleOptions = {
  readonly log: Log
  readonly codec: Codec
  readonly prefix: string
  readonly api: string
  readonly keys: ReadonlyMap<string, string>
}

const everyMs = 3000

export function startPeople({ log, codec, prefix, api, keys }: PeopleOptions): People {
  const ending = new AbortController()
  const next = new Map<number, number>()
  const waiting: ResponseEvent[] = []
  const accepted: string[] = []
  let refused = 0
  /** Looks at which everything that waited was answered. */
  let looks = 0

  async function look(): Promise<void> {
    const topic = prefix + topics.responses.name
    for (const { partition, start } of await log.bounds(topic)) if (!next.has(partition)) next.set(partition, start)
    const options = { from: { offsets: new Map(next) }, until: 'end', signal: ending.signal } as const
    for await (const records of log.read(topic, options)) {
      await codec.learn(records.map(record => record.value))
      for (const { partition, offset, value } of records) {
        next.set(partition, offset + 1)
        const event = value === null ? undefined : readable(codec, value)
        if (event?.kind === 'awaiting') waiting.push(event)
      }
    }
  }

  /** Every third is refused. One that got no answer may have been recorded: it is asked again, and then noted. */
  async function answer(): Promise<void> {
    for (let event = waiting[0]; event !== undefined && !ending.signal.aborted; event = waiting[0]) {
      const kind = accepted.length % 3 === 2 ? 'reject' : 'approve'
      const response = await fetch(`${api}/v1/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.get(event.tenant)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ kind, actionId: event.action?.actionId }),
        signal: AbortSignal.timeout(10_000),
      })
      const body = (await response.json()) as { readonly commandId?: string }
      if (response.status !== 202 || body.commandId === undefined) throw new Error(`answered ${response.status}`)
      accepted.push(body.commandId)
      waiting.shift()
    }
  }

  const working = (async () => {
    while (!ending.signal.aborted) {
      await look()
        .then(answer)
        .then(() => {
          looks += 1
        })
        .catch(() => {
          refused += 1
        })
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => {})
    }
  })()

  async function stop(): Promise<void> {
    ending.abort()
    await working
  }

  return {
    accepted,
    refused: () => refused,
    stop,
    async finish() {
      const rounds = looks
      while (looks < rounds + 2 && !ending.signal.aborted) await sleep(everyMs / 10)
      await stop()
    },
  }
}

function readable(codec: Codec, value: Buffer): ResponseEvent | undefined {
  try {
    return codec.decode(topics.responses, value) as unknown as ResponseEvent
  } catch {
    return undefined
  }
}
