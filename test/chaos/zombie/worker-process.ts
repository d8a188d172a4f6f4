import { isVigiaError, messageOf } from '../../../core/errors.ts'
import type { KafkaOptions } from '../../../runtime/kafka/options.ts'
import type { GroupSpec, TaskHandler } from '../../../runtime/log.ts'
import { copyTask } from './copy-task.ts'
import { transactionHolds } from './hold.ts'
import type { Order, Report, WorkerSpec } from './messages.ts'

/** Becomes a member of a group, by whatever order of take-over; `done` rejects where it cannot go on. */
export type Join = (options: KafkaOptions, spec: GroupSpec, handler: TaskHandler) => Promise<Joined>
export type Joined = { readonly done: Promise<void>; leave(): Promise<void> }

/** The life of a worker: it joins, does what it is told, and ends with the process that started it. */
export async function runWorker(spec: WorkerSpec, join: Join): Promise<void> {
  const tell = (report: Report) => void process.send?.(report)
  let window: { partition: number; restored: boolean; gate: PromiseWithResolvers<void> } | undefined
  let held: PromiseWithResolvers<void> | undefined
  let joined: Joined | undefined
  const holds = transactionHolds((partition, at) => tell({ report: 'held', partition, at }))
  const handler = copyTask(spec, tell, {
    async pass(partition, restored, inWindow) {
      if (window?.partition !== partition || window.restored !== restored) return
      held = window.gate
      window = undefined
      inWindow()
      await held.promise
    },
  })

  process.on('message', (order: Order) => {
    if (order.order === 'hold') holds.hold(order.partition, order.at, order.deaf)
    if (order.order === 'hold-open') {
      window = { partition: order.partition, restored: order.restored, gate: Promise.withResolvers() }
    }
    if (order.order === 'release' && order.what === 'transaction') holds.release()
    if (order.order === 'release' && order.what === 'group') holds.hear()
    if (order.order === 'release' && order.what === 'open') {
      held?.resolve()
      window = undefined
    }
    if (order.order === 'leave') void joined?.leave().finally(() => process.exit(0))
  })

  const ended = (error: unknown) =>
    tell({ report: 'ended', code: isVigiaError(error) ? error.code : '', reason: messageOf(error) })
  joined = await join(
    {
      brokers: spec.brokers,
      clientId: spec.clientId,
      sessionTimeoutMs: spec.sessionTimeoutMs,
      heartbeatIntervalMs: Math.min(300, Math.floor(spec.sessionTimeoutMs / 4)),
    },
    { group: spec.group, inputs: spec.inputs, state: spec.changelog, outputs: [spec.output] },
    handler,
  ).catch(error => {
    ended(error)
    return undefined
  })
  joined?.done.catch(ended)
}

/** The one argument of a worker. */
export const specOf = (argv: readonly string[]): WorkerSpec => JSON.parse(argv[2] ?? '')

/** A worker that nobody speaks to any more ends; one that is stopped is ended by the kernel, see `worker.ts`. */
process.on('disconnect', () => process.exit(0))
