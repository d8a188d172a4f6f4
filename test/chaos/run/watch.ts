import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../runtime/log.ts'
import type { Sample } from '../checks/stalls.ts'
import { lagsOf } from './lag.ts'

/** Looks at the committed offsets all the time: how far behind the stages are, for the check of who stood still. */
export type Watch = {
  readonly samples: readonly Sample[]
  /** Raw records and alerts that are not decided on, as last seen. */
  readonly undecided: () => number
  /** The sum of all lags as last seen, marks of transactions included. */
  readonly behind: () => number
  /** The last look went through: the brokers answer. */
  readonly sees: () => boolean
  stop(): Promise<void>
}

const everyMs = 1500

export function startWatch(log: Log, prefix: string): Watch {
  const ending = new AbortController()
  const samples: Sample[] = []
  let last: readonly Sample[] = []
  let sees = false

  async function look(): Promise<void> {
    const lags = await lagsOf(log, prefix)
    const time = Date.now()
    last = lags.map(({ stage, ...lag }) => ({ ...lag, time, group: stage }))
    samples.push(...last)
  }

  const looking = (async () => {
    while (!ending.signal.aborted) {
      sees = await look().then(
        () => true,
        () => false,
      )
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => {})
    }
  })()

  return {
    samples,
    undecided: () => sum(last.filter(each => ['ingest.normalise', 'case-builder.fold'].includes(each.group))),
    behind: () => sum(last),
    sees: () => sees,
    async stop() {
      ending.abort()
      await looking
    },
  }
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { committed, end }) => total + Math.max(0, end - committed), 0)
}
