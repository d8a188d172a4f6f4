import type { AnalyzerPort } from '../../adapters/neurons/analyzer.ts'

/** Lets `most` through at a time; the others wait in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

export function gate(most: number): Gate {
  const waiting: (() => void)[] = []
  let running = 0
  return async work => {
    if (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}

/**
 * Keeps a port to `most` runs at a time in this process, whatever the number of tasks, and to each analyzer's own
 * `parallel`. The analyzer's turn comes first, so that a slow one holds none of the common places.
 */
export function atMost(most: number, parallel: ReadonlyMap<string, number>, port: AnalyzerPort): AnalyzerPort {
  const all = gate(most)
  const each = new Map([...parallel].map(([id, count]) => [id, gate(count)]))
  return {
    run(job, signal) {
      const own: Gate = each.get(job.analyzer) ?? (work => work())
      return own(() => all(() => port.run(job, signal)))
    },
  }
}
