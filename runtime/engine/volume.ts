import type { OutRecord } from '../log.ts'

/** Key, headers and framing of a record, roughly: the log cuts to the byte. */
const overhead = 64

/** How much the open transaction holds for each output partition, so that it is closed before a batch becomes too large. */
export type Volume = {
  add(records: readonly OutRecord[]): void
  /** Whether any partition has more than the limit. */
  readonly isFull: () => boolean
  clear(): void
}

export function volume(limit: number): Volume {
  const held = new Map<string, number[]>()
  let most = 0
  return {
    add(records) {
      for (const { topic, partition, key, value } of records) {
        let partitions = held.get(topic)
        if (partitions === undefined) {
          partitions = []
          held.set(topic, partitions)
        }
        const bytes = (partitions[partition] ?? 0) + (value?.length ?? 0) + (key?.length ?? 0) + overhead
        partitions[partition] = bytes
        if (bytes > most) most = bytes
      }
    },
    isFull: () => most > limit,
    clear() {
      held.clear()
      most = 0
    },
  }
}
