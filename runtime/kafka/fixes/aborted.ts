import { replace } from './upstream.ts'

export type FetchedMessage = {
  readonly offset: string
  readonly key: Buffer | null
  readonly isControlRecord: boolean
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
}

export type Fetched<M extends FetchedMessage> = {
  readonly messages: M[]
  readonly abortedTransactions?: readonly { readonly firstOffset: string; readonly producerId: string }[] | null
}

/** A control record's key is version and type, both int16; type 0 ends a transaction as aborted. */
const isAbortMarker = (key: Buffer | null): boolean => key !== null && key.length >= 4 && key.readInt16BE(2) === 0

/**
 * D1. Leaves out the records of aborted transactions. The broker lists them in the order of their end markers; kafkajs
 * takes them for sorted by first offset and opens at most one per record, so overlapping ones leak.
 */
export function dropAborted<M extends FetchedMessage>({ messages, abortedTransactions }: Fetched<M>): M[] {
  if (!abortedTransactions?.length) return messages
  const upcoming = abortedTransactions
    .map(({ firstOffset, producerId }) => ({ first: BigInt(firstOffset), producerId: String(producerId) }))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const open = new Set<string>()
  let next = 0
  return messages.filter(message => {
    const offset = BigInt(message.offset)
    for (let entry = upcoming[next]; entry && entry.first <= offset; entry = upcoming[++next])
      open.add(entry.producerId)
    const producerId = String(message.batchContext.producerId)
    // Control records stay: kafkajs drops them itself, after it has read the last offset from them.
    if (message.isControlRecord) {
      if (isAbortMarker(message.key)) open.delete(producerId)
      return true
    }
    return !(message.batchContext.inTransaction && open.has(producerId))
  })
}

export function fixAborted(): void {
  replace('consumer/filterAbortedMessages.js', dropAborted)
}
