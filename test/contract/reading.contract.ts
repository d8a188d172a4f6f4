import { expect, it } from 'vitest'
import type { ReadFrom } from '../../runtime/log.ts'
import { codeOf, out, range, textOf } from './journal.ts'
import { type Current, readAll, topic } from './under-test.ts'

export function readingCases(current: Current): void {
  it('answers where each record lies and reads each partition in that order', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 2)
    const first = await log.append([out(name, 1, 'a'), out(name, 0, 'b'), out(name, 1, 'c')])
    const second = await log.append([out(name, 1, 'd')])
    expect([...first, ...second]).toEqual([
      { partition: 1, offset: 0 },
      { partition: 0, offset: 0 },
      { partition: 1, offset: 1 },
      { partition: 1, offset: 2 },
    ])
    const records = await readAll(log, name)
    const lie = (partition: number) =>
      records.filter(one => one.partition === partition).map(one => [one.offset, textOf(one)])
    expect(lie(0)).toEqual([[0, 'b']])
    expect(lie(1)).toEqual([
      [0, 'a'],
      [1, 'c'],
      [2, 'd'],
    ])
    expect(records.every(record => record.topic === name && record.timestamp > 0)).toBe(true)
    expect(await log.bounds(name)).toEqual([
      { partition: 0, start: 0, end: 1 },
      { partition: 1, start: 0, end: 3 },
    ])
  })

  it('keeps tombstones, records without a key, empty values, binary values and headers', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 1)
    const binary = Buffer.from(range(0, 256))
    await log.append([
      out(name, 0, null, 'gone'),
      out(name, 0, 'no key', null),
      {
        topic: name,
        partition: 0,
        key: binary,
        value: binary,
        headers: { source: Buffer.from('siem'), empty: Buffer.alloc(0) },
      },
      { topic: name, partition: 0, key: Buffer.from('k'), value: Buffer.alloc(0) },
    ])
    const [tombstone, keyless, headed, empty] = await readAll(log, name)
    expect([tombstone?.key?.toString(), tombstone?.value]).toEqual(['gone', null])
    expect([keyless?.key, keyless?.value?.toString()]).toEqual([null, 'no key'])
    expect(headed?.key?.equals(binary) && headed.value?.equals(binary)).toBe(true)
    expect(headed?.headers.source?.toString()).toBe('siem')
    expect(headed?.headers.empty?.length).toBe(0)
    expect(empty?.value?.length).toBe(0)
    expect(tombstone?.headers).toEqual({})
  })

  it('reads nothing from an empty topic and comes to its end', async () => {
    const log = await current().log('a')
    expect(await readAll(log, await topic(current, log, 'empty', 3))).toEqual([])
  })

  const starts: readonly [string, ReadFrom, readonly string[]][] = [
    ['the beginning', 'beginning', ['0', '1', '2', '3', '4']],
    ['the latest record', 'latest', []],
    ['an offset', { offsets: new Map([[0, 3]]) }, ['3', '4']],
    ['the end as an offset', { offsets: new Map([[0, 5]]) }, []],
    ['a time before all records', { time: 1 }, ['0', '1', '2', '3', '4']],
    ['a time after all records', { time: Date.UTC(2200, 0) }, []],
  ]
  it.each(starts)('reads from %s to the end', async (_, from, expected) => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 1)
    await log.append(range(0, 5).map(number => out(name, 0, String(number))))
    const values: string[] = []
    for await (const batch of log.read(name, { from, until: 'end' })) values.push(...batch.map(textOf))
    expect(values).toEqual(expected)
  })

  it('reads from a time: the first record that is not older, and all after it', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 1)
    const written = async () => {
      await log.append([out(name, 0, 'x')])
      return readAll(log, name)
    }
    let records = await written()
    while (records.at(-1)?.timestamp === records[0]?.timestamp) records = await written()
    const time = records.at(-1)?.timestamp ?? 0
    const offsets: number[] = []
    for await (const batch of log.read(name, { from: { time }, until: 'end' }))
      offsets.push(...batch.map(one => one.offset))
    expect(offsets).toEqual(records.filter(record => record.timestamp >= time).map(record => record.offset))
  })

  it('reads only the partitions that were asked for', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 3)
    await log.append(range(0, 3).map(partition => out(name, partition, String(partition))))
    const values: string[] = []
    const options = { from: 'beginning', until: 'end', partitions: [0, 2] } as const
    for await (const batch of log.read(name, options)) values.push(...batch.map(textOf))
    expect(values.sort()).toEqual(['0', '2'])
  })

  it('goes on with what is written later, until its signal aborts', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 2)
    await log.append([out(name, 0, '0')])
    const stop = new AbortController()
    const values: string[] = []
    for await (const batch of log.read(name, { from: 'beginning', signal: stop.signal })) {
      values.push(...batch.map(textOf))
      if (values.length === 4) stop.abort()
      else await log.append([out(name, values.length % 2, String(values.length))])
    }
    expect(values).toEqual(['0', '1', '2', '3'])
  })

  it('starts where the log starts after it was trimmed', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 1)
    await log.append(range(0, 5).map(number => out(name, 0, String(number))))
    await current().trim(name, 0, 3)
    expect(await log.bounds(name)).toEqual([{ partition: 0, start: 3, end: 5 }])
    expect((await readAll(log, name)).map(record => record.offset)).toEqual([3, 4])
  })

  it('refuses to append a value that its topic does not take, and takes the next', async () => {
    const log = await current().log('a')
    const name = await topic(current, log, 'in', 1, { 'max.message.bytes': '10000' })
    const refused = log.append([{ topic: name, partition: 0, key: null, value: Buffer.alloc(20_000, 'x') }])
    expect(await refused.then(() => 'written', codeOf)).toBe('VIG_VALUE_TOO_LARGE')
    await log.append([out(name, 0, 'small')])
    expect((await readAll(log, name)).map(textOf)).toEqual(['small'])
  })
}
