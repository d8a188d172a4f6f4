import { describe, expect, it } from 'vitest'
import { coPartitionAssigner, sharePartitions } from './assigner.ts'
import { AssignerProtocol } from './kafkajs.ts'

const member = (id: string, ...owned: number[]) => ({ id, owned })
const shares = (count: number, ...members: { id: string; owned: number[] }[]) =>
  Object.fromEntries(sharePartitions(count, members))

describe('the shares of a group', () => {
  it('are equal, in order, and cover every partition', () => {
    expect(shares(6, member('a'), member('b'), member('c'))).toEqual({ a: [0, 1], b: [2, 3], c: [4, 5] })
    expect(shares(5, member('a'), member('b'))).toEqual({ a: [0, 1, 2], b: [3, 4] })
    expect(shares(2, member('a'), member('b'), member('c'))).toEqual({ a: [0], b: [1], c: [] })
    expect(shares(12, member('a'))).toEqual({ a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] })
  })

  it('move as little as possible when a member goes and when one comes', () => {
    expect(shares(5, member('a', 0, 1), member('b', 2, 3, 4))).toEqual({ a: [0, 1], b: [2, 3, 4] })
    expect(shares(1, member('a'), member('b', 0))).toEqual({ a: [], b: [0] })
    expect(shares(6, member('a', 0, 1), member('c', 2, 5))).toEqual({ a: [0, 1, 3], c: [2, 4, 5] })
    expect(shares(6, member('a', 0, 1, 3), member('c', 2, 4, 5), member('d'))).toEqual({
      a: [0, 1],
      c: [2, 4],
      d: [3, 5],
    })
  })

  it('never give a partition twice, whatever the members say', () => {
    expect(shares(3, member('a', 1, 1, 7, -1, 0.5), member('b', 1, 2))).toEqual({ a: [0, 1], b: [2] })
  })
})

describe('the co-partition assigner', () => {
  const counts: Record<string, number> = { left: 4, right: 4, odd: 3 }
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => Array.from({ length: counts[topic] ?? 0 }, () => ({})),
  } as unknown as Parameters<ReturnType<typeof coPartitionAssigner>>[0]['cluster']
  const assigner = (...owned: number[]) => coPartitionAssigner(() => owned)({ cluster })
  const asMember = (memberId: string, ...owned: number[]) => ({
    memberId,
    memberMetadata: assigner(...owned).protocol({ topics: ['left', 'right'] }).metadata,
  })

  it('gives the same numbers of all topics to one member, and hears what each one owns', async () => {
    const members = [asMember('b', 0), asMember('a', 3), { memberId: 'c', memberMetadata: Buffer.from('not ours') }]
    const assigned = await assigner().assign({ members, topics: ['left', 'right'] })
    const decoded = assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      { ...AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment },
    ])
    expect(Object.fromEntries(decoded)).toEqual({
      a: { left: [1, 3], right: [1, 3] },
      b: { left: [0], right: [0] },
      c: { left: [2], right: [2] },
    })
  })

  it('refuses topics that differ in their partitions, or that are unknown', async () => {
    const members = [asMember('a')]
    await expect(assigner().assign({ members, topics: ['left', 'odd'] })).rejects.toThrow('not co-partitioned')
    await expect(assigner().assign({ members, topics: ['unknown'] })).rejects.toThrow('not co-partitioned')
  })
})
