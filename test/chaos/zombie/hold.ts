import '../../../runtime/kafka/kafkajs.ts'
import { upstream } from '../../../runtime/kafka/fixes/upstream.ts'
import type { HoldPoint } from './messages.ts'

type Request = { readonly transactionalId?: string; readonly transactionResult?: boolean }
type Method = 'addPartitionsToTxn' | 'produce' | 'addOffsetsToTxn' | 'endTxn'
type Group = 'heartbeat' | 'joinGroup'
type Requests = Record<Method | Group, (request: Request) => Promise<unknown>>

const points: Record<Method, HoldPoint> = {
  addPartitionsToTxn: 'begun',
  produce: 'announced',
  addOffsetsToTxn: 'written',
  endTxn: 'complete',
}

export type Holds = {
  /** The next request of the partition's transaction at this point is sent only after `release`. */
  hold(partition: number, at: HoldPoint, deaf: boolean): void
  release(): void
  /** What was to be said to the group is said now. */
  hear(): void
}

/** Holds transactions between two requests of their client, where a process may be stopped at any time. */
export function transactionHolds(onHeld: (partition: number, at: HoldPoint) => void): Holds {
  const { prototype } = upstream<{ prototype: Requests }>('broker/index.js')
  let wanted: { partition: number; at: HoldPoint; deaf: boolean } | undefined
  let deafness: PromiseWithResolvers<void> | undefined
  let gate = Promise.withResolvers<void>()
  for (const method of ['addPartitionsToTxn', 'produce', 'addOffsetsToTxn', 'endTxn'] as const) {
    const send = prototype[method]
    prototype[method] = async function (this: unknown, request) {
      const { transactionalId = '', transactionResult } = request
      const isWanted = wanted?.at === points[method] && transactionalId.endsWith(`.${wanted.partition}`)
      if (wanted && isWanted && transactionResult !== false) {
        const { partition, at, deaf } = wanted
        wanted = undefined
        if (deaf) deafness = Promise.withResolvers()
        onHeld(partition, at)
        await gate.promise
      }
      return send.call(this, request)
    }
  }
  for (const method of ['heartbeat', 'joinGroup'] as const) {
    const send = prototype[method]
    prototype[method] = async function (this: unknown, request) {
      await deafness?.promise
      return send.call(this, request)
    }
  }
  return {
    hold(partition, at, deaf) {
      gate = Promise.withResolvers()
      wanted = { partition, at, deaf }
    },
    hear() {
      deafness?.resolve()
      deafness = undefined
    },
    release() {
      wanted = undefined
      gate.resolve()
    },
  }
}
