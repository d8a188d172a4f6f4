import { upstream } from './upstream.ts'

/** About 12 s in all: past the transaction timeout of 15 s there is nothing left to wait for. */
export const transactionRetry = { retries: 30, initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500 }

/**
 * Gives the transaction manager our retry settings. It takes them from `cluster.retry`, which nothing ever sets, so
 * it always ran on kafkajs' defaults (300 ms, doubling, five times).
 */
export function fixTransactionPatience(): void {
  const { prototype } = upstream<{ prototype: object }>('cluster/index.js')
  Object.defineProperty(prototype, 'retry', { value: transactionRetry, configurable: true })
}
