import { setTimeout as sleep } from 'node:timers/promises'
import { upstream } from './upstream.ts'

type Send = (request: unknown) => Promise<unknown>
export type TransactionBroker = Record<(typeof retried)[number], Send>

const retried = ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn'] as const
const LIMIT_MS = 20_000

const isConcurrent = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'CONCURRENT_TRANSACTIONS'

/**
 * Waits a millisecond and asks again while the transaction before is being finished. The answer says that the request
 * had no effect. kafkajs waits 300 ms, and for AddOffsetsToTxn (D5) not at all: the transaction fails.
 */
export function retryConcurrentTransactions(prototype: TransactionBroker): void {
  for (const method of retried) {
    const send = prototype[method]
    prototype[method] = async function (this: unknown, request: unknown): Promise<unknown> {
      const deadline = Date.now() + LIMIT_MS
      for (;;) {
        try {
          return await send.call(this, request)
        } catch (error) {
          if (!isConcurrent(error) || Date.now() > deadline) throw error
          await sleep(1)
        }
      }
    }
  }
}

export function fixTransactionRetry(): void {
  retryConcurrentTransactions(upstream<{ prototype: TransactionBroker }>('broker/index.js').prototype)
}
