import type { AnalyzerPort } from '../../adapters/neurons/analyzer.ts'

/** Keeps a port to `most` runs at a time in this process, whatever the number of tasks; the others wait in order. */
export function atMost(most: number, port: AnalyzerPort): AnalyzerPort {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(job, signal) {
      if (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
      running += 1
      try {
        return await port.run(job, signal)
      } finally {
        running -= 1
        waiting.shift()?.()
      }
    },
  }
}
