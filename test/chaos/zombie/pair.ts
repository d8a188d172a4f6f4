import { setTimeout as sleep } from 'node:timers/promises'
import { emptyFold } from './fold.ts'
import type { Report, WorkerSpec } from './messages.ts'
import { startWorker, type Worker } from './worker.ts'

/** Two workers of one group, of which one at a time plays the zombie. */
export type Pair = {
  /** Resolves when both have a part of the partitions, and each has one owner: with the owner of this one, and the other worker. */
  settled(partition: number): Promise<{ owner: Worker; other: Worker }>
  /** Resolves when `look` answers something; rejects where a worker ends or nothing comes in time. */
  when<T>(what: string, look: () => T | undefined, withinMs?: number): Promise<T>
  /** Resolves at the next report of a worker, or after the time. */
  someNews(withinMs: number): Promise<void>
  /** Both anew: at the beginning, and after a round that went wrong. */
  restart(): Promise<void>
  /** Since the last call: what was opened with a state that no task ever had, and what said that something is lost. */
  wrongs(states: ReadonlyMap<number, ReadonlySet<string>>): readonly string[]
  kill(): Promise<void>
}

const SETTLED_WITHIN_MS = 40_000
const WITHIN_MS = 20_000
/** Nothing that the runner does may lose anything. */
const losses = ['VIG_OFFSET_OUT_OF_RANGE', 'VIG_OFFSETS_LOST', 'VIG_STATE_LOST']

const lastWords = ({ told }: Worker): string => {
  const last = told.findLast(report => report.report === 'ended')
  return last?.report === 'ended' ? last.reason : 'without a word'
}

export function pair(spec: Omit<WorkerSpec, 'clientId'>, main?: string): Pair {
  let workers: Worker[] = []
  let seen: number[] = []
  /** Reports of workers that are gone, not looked at yet. */
  let left: { name: string; report: Report }[] = []
  let news = Promise.withResolvers<void>()
  const onReport = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const start = () => {
    workers = ['a', 'b'].map(name => startWorker({ ...spec, clientId: `worker-${name}` }, onReport, main))
    seen = workers.map(() => 0)
  }
  const unseen = () =>
    workers.flatMap((worker, index) => {
      const fresh = worker.told.slice(seen[index])
      seen[index] = worker.told.length
      return fresh.map(report => ({ name: worker.name, report }))
    })

  async function someNews(withinMs: number): Promise<void> {
    const stop = new AbortController()
    await Promise.race([news.promise, sleep(withinMs, undefined, { signal: stop.signal }).catch(() => {})])
    stop.abort()
  }

  async function when<T>(what: string, look: () => T | undefined, withinMs = WITHIN_MS): Promise<T> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      const dead = workers.find(worker => !worker.alive())
      if (dead) throw new Error(`${dead.name} ended (${lastWords(dead)}) before: ${what}`)
      if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
      await someNews(200)
    }
  }

  async function kill(): Promise<void> {
    await Promise.all(workers.map(worker => worker.kill()))
  }

  return {
    when,
    someNews,
    kill,
    async settled(partition) {
      const all = Array.from({ length: spec.partitions }, (_, number) => number)
      return when(
        'every partition has one owner',
        () => {
          if (!all.every(number => workers.filter(({ open }) => open.has(number)).length === 1)) return undefined
          // One that has nothing yet is about to join: the partitions will be dealt again.
          if (workers.some(({ open }) => open.size === 0)) return undefined
          const owner = workers.find(({ open }) => open.has(partition))
          const other = workers.find(worker => worker !== owner)
          return owner && other && { owner, other }
        },
        SETTLED_WITHIN_MS,
      )
    },
    async restart() {
      await kill()
      left.push(...unseen())
      start()
    },
    wrongs(states) {
      const told = [...left, ...unseen()]
      left = []
      return told.flatMap(({ name, report }) => {
        if (report.report === 'ended' && losses.includes(report.code)) return [`${name} ended: ${report.reason}`]
        if (report.report !== 'opened' || report.state === emptyFold.chain) return []
        if (states.get(report.partition)?.has(report.state)) return []
        return [`${name} restored partition ${report.partition} to a state that never was, of ${report.count}`]
      })
    },
  }
}
