import { isVigiaError } from '../../../core/errors.ts'
import type { LogRecord, OutRecord, Task, TaskHandler } from '../../../runtime/log.ts'
import { type Copy, emptyFold, type Fold, folded, foldIn, toBytes } from './fold.ts'
import type { Report, WorkerSpec } from './messages.ts'

export type Windows = {
  /** Resolves at once unless this `open` is to be held at this point. */
  readonly pass: (partition: number, restored: boolean, inWindow: () => void) => Promise<void>
}

/**
 * Copies each record of each input to the output, with the state after it, and writes the state to the changelog in the same
 * transaction. The output is spread over all its partitions, so that transactions of several tasks overlap in each.
 */
export function copyTask(spec: WorkerSpec, tell: (report: Report) => void, windows: Windows): TaskHandler {
  const { output, changelog, partitions } = spec
  const reigns = new Map<number, { readonly reign: number; state: Fold }>()
  /** As last committed, for a task that goes on from the one before it. */
  const states = new WeakMap<Task, Fold>()
  let last = 0

  const reignOf = (partition: number) => {
    const reign = reigns.get(partition)
    if (!reign) throw new Error(`partition ${partition} is not open`)
    return reign
  }

  async function restored(task: Task): Promise<Fold> {
    let state = emptyFold
    for await (const records of task.restore(changelog)) state = foldIn(records.at(-1)?.value ?? null)
    return state
  }

  return {
    async open(task, continues) {
      const { partition } = task
      last += 1
      const reign = last
      const inWindow = () => tell({ report: 'in-window', partition, reign })
      await windows.pass(partition, false, inWindow)
      const kept = continues ? states.get(continues) : undefined
      const state = kept ?? (await restored(task))
      await windows.pass(partition, true, inWindow)
      reigns.set(partition, { reign, state })
      states.set(task, state)
      tell({ report: 'opened', partition, reign, state: state.chain, count: state.count })
    },

    async batch(task, records) {
      const { partition } = task
      const reign = reignOf(partition)
      const { made, state } = copies(reign.state, records)
      const next = { topic: records[0]?.topic ?? '', offset: (records.at(-1)?.offset ?? -1) + 1, metadata: '' }
      const written: OutRecord[] = made.map(copy => ({
        topic: output,
        partition: copy.count % partitions,
        key: null,
        value: toBytes(copy),
      }))
      const entry = { topic: changelog, partition, key: Buffer.from('state'), value: toBytes(state) }
      try {
        await task.transact({ records: [...written, entry], offsets: [next] })
        reign.state = state
        states.set(task, state)
        tell({ report: 'committed', partition, reign: reign.reign })
      } catch (error) {
        const code = isVigiaError(error) ? error.code : String(error)
        tell({ report: 'refused', partition, reign: reign.reign, code })
      }
    },

    async close({ partition }: Task, reason) {
      const { reign } = reignOf(partition)
      reigns.delete(partition)
      tell({ report: 'closed', partition, reign, reason })
    },
  }
}

function copies(before: Fold, records: readonly LogRecord[]): { made: Copy[]; state: Fold } {
  let state = before
  const made = records.map(({ topic, partition, offset }): Copy => {
    state = folded(state, { topic, partition, offset })
    return { ...state, from: { topic, partition, offset } }
  })
  return { made, state }
}
