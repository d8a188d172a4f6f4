import { describe, expect, it } from 'vitest'
import { transactionRetry } from './transaction-patience.ts'
import { retryConcurrentTransactions, type TransactionBroker } from './transaction-retry.ts'
import { original, upstream } from './upstream.ts'

const protocolError = (type: string) => Object.assign(new Error(type), { type, retriable: true })

/** A broker that answers with `type` so many times, then well. */
function broker(type: string, times: number): TransactionBroker & { readonly asked: () => number } {
  let asked = 0
  const answer = async () => {
    asked++
    if (asked <= times) throw protocolError(type)
    return 'done'
  }
  return { initProducerId: answer, addPartitionsToTxn: answer, addOffsetsToTxn: answer, asked: () => asked }
}

const methods = ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn'] as const

describe('asking again while the transaction before is being finished', () => {
  it.each(methods)('%s waits and succeeds; kafkajs throws at the first answer', async method => {
    const stock = broker('CONCURRENT_TRANSACTIONS', 3)
    await expect(stock[method]({})).rejects.toThrow('CONCURRENT_TRANSACTIONS')
    const fixed = broker('CONCURRENT_TRANSACTIONS', 3)
    retryConcurrentTransactions(fixed)
    expect(await fixed[method]({})).toBe('done')
    expect(fixed.asked()).toBe(4)
  })

  it('passes any other error on at once', async () => {
    const fixed = broker('INVALID_PRODUCER_EPOCH', 1)
    retryConcurrentTransactions(fixed)
    await expect(fixed.addOffsetsToTxn({})).rejects.toThrow('INVALID_PRODUCER_EPOCH')
    expect(fixed.asked()).toBe(1)
  })
})

describe('the patience of the transaction manager', () => {
  it('is ours after the fixes; kafkajs leaves it undefined, so that its defaults of 300 ms, five times, hold', async () => {
    expect(Reflect.get(original<{ prototype: object }>('cluster/index.js').prototype, 'retry')).toBeUndefined()
    await import('./load.ts')
    expect(Reflect.get(upstream<{ prototype: object }>('cluster/index.js').prototype, 'retry')).toEqual(
      transactionRetry,
    )
  })
})
