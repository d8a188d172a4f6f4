import { describe, expect, it, vi } from 'vitest'
import { type Grouping, groupByPartition } from './grouping.ts'
import { original } from './upstream.ts'

type Message = { readonly partition?: number; readonly value: string }
type Group = (of: Grouping<Message>) => Record<string, Message[]>
const shipped = original<Group>('producer/groupMessagesPerPartition.js')

const partitionMetadata = [0, 1, 2]
const partitioner: Grouping<Message>['partitioner'] = ({ message }) => message.partition ?? Number(message.value) % 3
const group = (by: Group, messages: readonly Message[]) => by({ topic: 't', partitionMetadata, messages, partitioner })

/** How many messages stand in the lists that are built anew, one for every message, and put into the answer. */
function copies(by: Group, count: number): number {
  const assign = vi.spyOn(Object, 'assign')
  try {
    group(
      by,
      Array.from({ length: count }, (_, index) => ({ partition: 0, value: String(index) })),
    )
    return assign.mock.calls
      .flatMap(([, lists]) => Object.values(lists as object))
      .reduce((sum, one) => sum + one.length, 0)
  } finally {
    assign.mockRestore()
  }
}

describe('grouping by partition', () => {
  it('keeps the order in each partition and answers what kafkajs answers', () => {
    const messages = Array.from({ length: 200 }, (_, index) =>
      index % 5 === 0 ? { value: String(index) } : { partition: (index * 7) % 3, value: String(index) },
    )
    expect(group(groupByPartition, messages)).toEqual(group(shipped, messages))
    expect(groupByPartition({ topic: 't', partitionMetadata: [], messages, partitioner })).toEqual({})
  })

  it('copies nothing; kafkajs copies the list for every message', () => {
    expect(copies(groupByPartition, 1_000)).toBe(0)
    expect(copies(shipped, 1_000)).toBe((1_000 * 1_001) / 2)
  })
})
