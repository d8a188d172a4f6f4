import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../runtime/log.ts'
import { hasRecord, type Lag, lagsOf } from './lag.ts'

export type DrainOptions = {
  readonly log: Log
  readonly prefix: string
  readonly withinMs: number
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

const pauseMs = 500
const sayEveryMs = 5000
/** Transactions end within 15 s, by their owner or by the broker: a reader that waits longer waits for one that hangs. */
const readMs = 25_000

/**
 * Waits until nothing is pending: no stage has a committed record before it, twice in a row with nothing written between.
 * Answers what is pending still when the time is up: nothing, where all went well.
 */
export async function drained(options: DrainOptions): Promise<readonly string[]> {
  const { log, prefix, withinMs, say, signal } = options
  const until = Date.now() + withinMs
  let told = 0
  let before = ''
  for (;;) {
    const pending = await pendingOf(log, prefix, signal)
    const ends = pending.lags.map(each => each.end).join()
    if (pending.where.length === 0 && before === ends) return []
    before = pending.where.length === 0 ? ends : ''
    signal.throwIfAborted()
    if (Date.now() > until && pending.where.length > 0) return pending.where
    if (Date.now() - told > sayEveryMs) {
      told = Date.now()
      const left = Math.max(0, Math.round((until - told) / 1000))
      say(`draining, at most ${left} s more: ${pending.where.length === 0 ? 'looking again' : byStage(pending.lags)}`)
    }
    await sleep(pauseMs)
  }
}

async function pendingOf(log: Log, prefix: string, signal: AbortSignal) {
  const lags = await lagsOf(log, prefix)
  const where: string[] = []
  for (const lag of lags.filter(each => each.committed < each.end)) {
    const late = AbortSignal.timeout(readMs)
    const found = await hasRecord(log, prefix, lag, AbortSignal.any([signal, late])).catch(error => {
      if (!late.aborted) throw error
      return false
    })
    signal.throwIfAborted()
    if (late.aborted) where.push(`${inWords(lag)}, where a transaction is open that nothing ends`)
    else if (found) where.push(inWords(lag))
  }
  return { lags, where }
}

/** The lags of each stage together, marks of transactions included. */
function byStage(lags: readonly Lag[]): string {
  const sums = new Map<string, number>()
  for (const { stage, committed, end } of lags) sums.set(stage, (sums.get(stage) ?? 0) + Math.max(0, end - committed))
  return [...sums].flatMap(([stage, sum]) => (sum > 0 ? [`${stage} ${sum}`] : [])).join(', ')
}

function inWords({ stage, topic, partition, committed, end }: Lag): string {
  return `${stage} is at ${committed} of ${end} in ${topic}/${partition}`
}
