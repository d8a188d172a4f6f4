import { partitionOf } from '../core/murmur2.ts'
import type { Topic } from '../schemas/topic.ts'

/**
 * The part of a key that decides the partition: the domain before `#`, or `type|value` without the tail. The value may
 * hold any character, so the tail is cut from the end.
 */
export function partitioningKey(topic: Topic, key: string): string {
  if (topic.partitioning === 'domain') return key.slice(0, domainEnd(key))
  if (topic.partitioning !== 'observable') return key
  let end = key.length
  for (let cut = 0; cut < (topic.keyTail ?? 0) && end > 0; cut++) end = key.lastIndexOf('|', end - 1)
  return key.slice(0, Math.max(end, 0))
}

/** Keys come in runs, and an event is often written where its cause was read: the last answer is the likeliest. */
let latest = { key: '', partitions: 0, partition: 0 }

function hashed(key: string, partitions: number): number {
  if (latest.key === key && latest.partitions === partitions) return latest.partition
  const partition = partitionOf(key, partitions)
  latest = { key, partitions, partition }
  return partition
}

/** `own` is the partition of the task that writes, or the one that a record was read from. */
export function partitionFor(topic: Topic, key: string, partitions: number, own: number): number {
  if (topic.partitioning === 'task' || topic.partitioning === 'any') return own % partitions
  return hashed(partitioningKey(topic, key), partitions)
}

/** Whether a record lies where its key leads to; the check behind `VIG_WRONG_PARTITION`. */
export function liesRight(topic: Topic, key: string, partitions: number, partition: number): boolean {
  return (
    topic.partitioning === 'any' ||
    topic.partitioning === 'task' ||
    partitionFor(topic, key, partitions, partition) === partition
  )
}

function domainEnd(key: string): number {
  const end = key.indexOf('#')
  return end === -1 ? key.length : end
}
