import { describe, expect, it } from 'vitest'
import { PartitionLog, type TransactionState } from './partition-log.ts'

const record = (key: string | null, value: string | null) => ({
  topic: 't',
  partition: 0,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

function filled(...pairs: readonly (readonly [string | null, string | null])[]): PartitionLog {
  const log = new PartitionLog('t', 0)
  for (const [key, value] of pairs) log.append(record(key, value), 1, null)
  return log
}

const read = (log: PartitionLog, from = 0) =>
  log.fetch(from, 100).records.map(({ offset, value }) => `${offset}:${value?.toString() ?? '-'}`)

function ends(log: PartitionLog, transaction: TransactionState, outcome: 'committed' | 'aborted'): void {
  transaction.outcome = outcome
  log.mark(transaction)
}

describe('a partition in memory', () => {
  it('stops readers at the oldest open transaction and hides aborted records, however they overlap', () => {
    const log = new PartitionLog('t', 0)
    const first: TransactionState = { outcome: 'open' }
    const second: TransactionState = { outcome: 'open' }
    log.append(record('k', 'before'), 1, null)
    log.append(record('k', 'a0'), 1, first)
    log.append(record('k', 'b0'), 1, second)
    log.append(record('k', 'plain'), 1, null)
    log.append(record('k', 'a1'), 1, first)
    expect([log.lastStable, log.end, ...read(log)]).toEqual([1, 5, '0:before'])
    ends(log, second, 'aborted')
    expect([log.lastStable, ...read(log)]).toEqual([1, '0:before'])
    ends(log, first, 'committed')
    expect([log.lastStable, log.end]).toEqual([7, 7])
    expect(read(log)).toEqual(['0:before', '1:a0', '3:plain', '4:a1'])
  })

  it('copies what it is given', () => {
    const log = new PartitionLog('t', 0)
    const value = Buffer.from('before')
    const header = Buffer.from('before')
    log.append({ topic: 't', partition: 0, key: value, value, headers: { header } }, 1, null)
    value.fill('x')
    header.fill('x')
    const [kept] = log.fetch(0, 1).records
    expect([kept?.key, kept?.value, kept?.headers.header].map(String)).toEqual(['before', 'before', 'before'])
  })

  it('keeps the last record of each key where it lies, and the end', () => {
    const log = filled(['a', '1'], ['b', '1'], [null, 'keyless'], ['a', '2'], ['c', '1'], ['b', null])
    log.compact()
    expect(read(log)).toEqual(['3:2', '4:1', '5:-'])
    expect([log.start, log.end]).toEqual([0, 6])
  })

  it('drops tombstones on the second pass only', () => {
    const log = filled(['a', '1'], ['a', null])
    log.compact()
    expect(read(log)).toEqual(['1:-'])
    log.compact()
    expect(read(log)).toEqual([])
    expect(log.fetch(0, 100).next).toBe(2)
  })

  it('does not touch what lies above the last stable offset', () => {
    const log = filled(['a', '1'], ['a', '2'])
    const transaction: TransactionState = { outcome: 'open' }
    log.append(record('a', 'open'), 1, transaction)
    log.compact()
    ends(log, transaction, 'aborted')
    expect(read(log)).toEqual(['1:2'])
  })

  it('does not let an aborted record displace a committed one', () => {
    const log = filled(['a', 'kept'])
    const transaction: TransactionState = { outcome: 'open' }
    log.append(record('a', 'aborted'), 1, transaction)
    ends(log, transaction, 'aborted')
    log.compact()
    expect(read(log)).toEqual(['0:kept'])
  })

  it('loses exactly the record that is erased', () => {
    const log = filled(['a', '0'], ['b', '1'], ['c', '2'])
    expect([log.erase(1), log.erase(1)]).toEqual([true, false])
    expect(read(log)).toEqual(['0:0', '2:2'])
    expect([log.start, log.end]).toEqual([0, 3])
  })

  it('moves its start forward only, and not past the end', () => {
    const log = filled(['a', '0'], ['b', '1'], ['c', '2'])
    log.trim(2)
    log.trim(1)
    expect([log.start, ...read(log)]).toEqual([2, '2:2'])
    log.trim(99)
    expect([log.start, log.end]).toEqual([3, 3])
  })

  it('finds the first offset that is not older than a time', () => {
    const log = new PartitionLog('t', 0)
    for (const time of [10, 10, 20]) log.append(record('k', 'v'), time, null)
    expect([5, 10, 11, 20, 21].map(time => log.offsetAt(time))).toEqual([0, 0, 2, 2, 3])
  })
})
