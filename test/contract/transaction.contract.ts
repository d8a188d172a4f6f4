import { expect, it } from 'vitest'
import type { Task, Transaction } from '../../runtime/log.ts'
import { codeOf, copy, Journal, nextOffset, noted, out, range, textOf } from './journal.ts'
import { type Current, readAll, readSome, topic } from './under-test.ts'

/** More than a broker keeps with an offset, so that the commit of the offset fails after the records were sent. */
const oversized = 'x'.repeat(4_097)
/** What the first member of a group commits for a partition that begins at 0. */
const begun = { offset: 0, metadata: '' }

export function transactionCases(current: Current): void {
  const outcomes: readonly [string, string, string, readonly string[]][] = [
    ['all records and offsets', 'kept', 'committed', ['one', 'two']],
    ['none of them when it fails', oversized, 'VIG_TRANSACTION_FAILED', []],
  ]
  it.each(outcomes)('writes, over several topics, %s', async (_, metadata, outcome, values) => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const [left, right] = [await topic(current, log, 'left', 1), await topic(current, log, 'right', 3)]
    const group = current().name('group')
    const done = Promise.withResolvers<string>()
    await log.append([out(input, 0, 'x')])
    const transaction: Transaction = {
      records: [out(left, 0, 'one'), out(right, 2, 'two')],
      offsets: [{ topic: input, offset: 1, metadata }],
    }
    const batch = (task: Task) =>
      task.transact(transaction).then(
        () => done.resolve('committed'),
        error => done.resolve(codeOf(error)),
      )
    const membership = await log.join({ group, inputs: [input] }, noted(new Journal(), 'a', { batch }))
    expect(await done.promise).toBe(outcome)
    await membership.drain()
    const written = [...(await readAll(log, left)), ...(await readAll(log, right))]
    expect(written.map(textOf)).toEqual(values)
    const expected = [[0, { topic: input, ...(outcome === 'committed' ? { offset: 1, metadata } : begun) }]]
    expect([...(await log.committed(group, input))]).toEqual(expected)
  })

  it('hides the records of aborted transactions of two tasks that write to one partition', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 2)
    const output = await topic(current, log, 'out', 1)
    const journal = new Journal()
    const names = range(0, 20).map(number => `${number}`)
    const turns = new Map<number, number>()
    await log.append(names.map(name => out(input, Number(name) % 2, name)))
    await log.join(
      { group: current().name('group'), inputs: [input] },
      noted(journal, 'a', {
        async batch(task, records) {
          const turn = turns.get(task.partition) ?? 0
          turns.set(task.partition, turn + 1)
          if (turn > 2) return copy(journal, 'a', task, records, output)
          const metadata = turn % 2 === 0 ? oversized : ''
          const values = records.map(record => (metadata ? `aborted ${textOf(record)}` : textOf(record)))
          await task
            .transact({
              records: values.map(value => out(output, 0, value)),
              offsets: [{ topic: input, offset: nextOffset(records), metadata }],
            })
            .catch(() => {})
        },
      }),
    )
    await readSome(log, output, names.length)
    expect((await readAll(log, output)).map(textOf).sort()).toEqual([...names].sort())
    expect(journal.find('close').filter(({ detail }) => detail === 'failed').length).toBeGreaterThanOrEqual(2)
  })

  it('comes to the end of a partition whose last offsets are markers', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const output = await topic(current, log, 'out', 1)
    const journal = new Journal()
    await log.append([out(input, 0, 'x')])
    const batch: Parameters<typeof noted>[2] = { batch: (task, records) => copy(journal, 'a', task, records, output) }
    await log.join({ group: current().name('group'), inputs: [input] }, noted(journal, 'a', batch))
    await journal.when(() => journal.find('committed').length === 1)
    const [record] = await readSome(log, output, 1)
    expect((await readAll(log, output)).map(textOf)).toEqual(['x'])
    const [bounds] = await log.bounds(output)
    expect(bounds?.end).toBeGreaterThan((record?.offset ?? 0) + 1)
  })

  it('gives back the metadata of an offset as it was committed', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 2)
    const group = current().name('group')
    const metadata = JSON.stringify({ done: ['ñ', '→', 'x'.repeat(3_000)] })
    const journal = new Journal()
    await log.append([out(input, 1, 'x')])
    const first = await log.join(
      { group, inputs: [input] },
      noted(journal, 'first', {
        async batch(task, records) {
          await task.transact({ records: [], offsets: [{ topic: input, offset: nextOffset(records), metadata }] })
          journal.note({ client: 'first', what: 'committed', partition: task.partition })
        },
      }),
    )
    await journal.when(() => journal.find('committed').length === 1)
    await first.drain()
    expect([...(await log.committed(group, input))]).toEqual([
      [0, { topic: input, ...begun }],
      [1, { topic: input, offset: 1, metadata }],
    ])
    const found = new Map<number, unknown>()
    const open = (task: Task) => void found.set(task.partition, [...task.committed.values()])
    await log.join({ group, inputs: [input] }, noted(journal, 'second', { open }))
    await journal.when(() => journal.find('open', 'second').length === 2)
    expect(found.get(0)).toEqual([{ topic: input, ...begun }])
    expect(found.get(1)).toEqual([{ topic: input, offset: 1, metadata }])
  })

  it('leaves the task usable after a value that is too large', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const output = await topic(current, log, 'out', 1, { 'max.message.bytes': '10000' })
    const journal = new Journal()
    await log.append([out(input, 0, 'x')])
    await log.join(
      { group: current().name('group'), inputs: [input] },
      noted(journal, 'a', {
        async batch(task, records) {
          const large = { topic: output, partition: 0, key: null, value: Buffer.alloc(20_000, 'x') }
          const offsets = [{ topic: input, offset: nextOffset(records), metadata: '' }]
          const detail = await task
            .transact({ records: [out(output, 0, 'before'), large], offsets })
            .then(() => 'written', codeOf)
          journal.note({ client: 'a', what: 'refused', partition: task.partition, detail })
          await copy(journal, 'a', task, records, output)
        },
      }),
    )
    await journal.when(() => journal.find('committed').length === 1)
    expect(journal.entries.map(({ what, detail }) => [what, detail])).toEqual([
      ['open', undefined],
      ['batch', input],
      ['refused', 'VIG_VALUE_TOO_LARGE'],
      ['committed', undefined],
    ])
    expect((await readAll(log, output)).map(textOf)).toEqual(['x'])
  })
}
