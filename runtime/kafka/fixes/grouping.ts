import { replace } from './upstream.ts'

export type Grouping<M extends { readonly partition?: number }> = {
  readonly topic: string
  readonly partitionMetadata: readonly unknown[]
  readonly messages: readonly M[]
  readonly partitioner: (of: { topic: string; partitionMetadata: readonly unknown[]; message: M }) => number
}

/** Messages by partition, in order, in one pass. kafkajs copies the whole list for every message. */
export function groupByPartition<M extends { readonly partition?: number }>(of: Grouping<M>): Record<string, M[]> {
  const { topic, partitionMetadata, messages, partitioner } = of
  const groups: Record<string, M[]> = {}
  if (partitionMetadata.length === 0) return groups
  for (const message of messages) {
    const partition = message.partition ?? partitioner({ topic, partitionMetadata, message })
    const group = groups[partition]
    if (group) group.push(message)
    else groups[partition] = [message]
  }
  return groups
}

export function fixGrouping(): void {
  replace('producer/groupMessagesPerPartition.js', groupByPartition)
}
