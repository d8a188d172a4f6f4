import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { LogRecord, Task } from '../../runtime/log.ts'
import { codeOf, copy, Journal, nextOffset, noted, out, range, textOf } from './journal.ts'
import { type Current, readAll, topic } from './under-test.ts'

export function taskCases(current: Current): void {
  it('opens each task before its first batch and delivers each partition in order', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 3)
    const journal = new Journal()
    await log.append(range(0, 60).map(number => out(input, number % 3, String(number))))
    const membership = await log.join({ group: current().name('group'), inputs: [input] }, noted(journal, 'a'))
    await journal.when(() => journal.values().length >= 60)
    expect(membership.owned()).toEqual([0, 1, 2])
    expect(membership.lastProgress()).toBeGreaterThan(0)
    for (const partition of [0, 1, 2]) {
      const mine = journal.entries.filter(entry => entry.partition === partition)
      expect(mine[0]?.what).toBe('open')
      expect(mine.flatMap(({ values }) => values ?? [])).toEqual(
        range(0, 20).map(number => String(number * 3 + partition)),
      )
    }
  })

  it('restores everything that was committed before', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 2)
    const state = await topic(current, log, 'state', 2, { 'cleanup.policy': 'compact' })
    const spec = { group: current().name('group'), inputs: [input] }
    const journal = new Journal()
    await log.append(range(0, 40).map(number => out(input, number % 2, String(number))))
    const first = await log.join(
      spec,
      noted(journal, 'first', {
        async batch(task, records) {
          const changes = records.map(record => out(state, task.partition, textOf(record)))
          await task.transact({
            records: changes,
            offsets: [{ topic: input, offset: nextOffset(records), metadata: '' }],
          })
          for (const { offset } of records)
            journal.note({ client: 'first', what: 'committed', partition: task.partition, offset })
        },
      }),
    )
    await journal.when(() => journal.find('committed').length === 40)
    await first.drain()
    expect(await first.done).toBeUndefined()
    const restored = new Map<number, string[]>()
    await log.join(
      spec,
      noted(journal, 'second', {
        async open(task) {
          const values: string[] = []
          for await (const batch of task.restore(state)) values.push(...batch.map(textOf))
          restored.set(task.partition, values)
        },
      }),
    )
    await journal.when(() => journal.find('open', 'second').length === 2)
    for (const partition of [0, 1]) {
      expect(restored.get(partition)).toEqual(range(0, 20).map(number => String(number * 2 + partition)))
    }
    expect(journal.values('second')).toEqual([])
  })

  it('never has two inputs of one task in hand at once', async () => {
    const log = await current().log('a')
    const inputs = [await topic(current, log, 'left', 2), await topic(current, log, 'right', 2)]
    const journal = new Journal()
    const inHand = new Map<number, number>()
    let most = 0
    await log.append(inputs.flatMap(input => range(0, 40).map(number => out(input, number % 2, String(number)))))
    await log.join(
      { group: current().name('group'), inputs },
      noted(journal, 'a', {
        async batch({ partition }) {
          inHand.set(partition, (inHand.get(partition) ?? 0) + 1)
          most = Math.max(most, ...inHand.values())
          for (const _ of range(0, 5)) await setImmediate()
          inHand.set(partition, (inHand.get(partition) ?? 0) - 1)
        },
      }),
    )
    await journal.when(() => journal.values().length >= 80)
    expect(most).toBe(1)
    expect(new Set(journal.find('batch').map(({ detail }) => detail))).toEqual(new Set(inputs))
  })

  it('delivers nothing to a paused task until it is resumed, and goes on with the others', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 2)
    const journal = new Journal()
    const paused = Promise.withResolvers<Task>()
    await log.join(
      { group: current().name('group'), inputs: [input] },
      noted(journal, 'a', {
        batch(task) {
          if (task.partition !== 0) return
          task.pause()
          paused.resolve(task)
        },
      }),
    )
    await log.append([out(input, 0, 'first')])
    const task = await paused.promise
    await log.append([out(input, 0, 'second')])
    await log.append([out(input, 1, 'other')])
    await journal.when(() => journal.values().includes('other'))
    expect(journal.values().toSorted()).toEqual(['first', 'other'])
    task.resume()
    await journal.when(() => journal.values().includes('second'))
  })

  it('goes on while work is not committed, and commits when the work is done', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const output = await topic(current, log, 'out', 1)
    const group = current().name('group')
    const journal = new Journal()
    const seen: LogRecord[] = []
    const tasks = new Set<Task>()
    const batch = (task: Task, records: readonly LogRecord[]) => {
      tasks.add(task)
      seen.push(...records)
    }
    await log.join({ group, inputs: [input] }, noted(journal, 'a', { batch }))
    for (const number of range(0, 3)) {
      await log.append([out(input, 0, String(number))])
      await journal.when(() => journal.values().length > number)
    }
    expect(journal.values()).toEqual(['0', '1', '2'])
    expect((await log.committed(group, input)).get(0)?.offset).toBe(0)
    const [task] = tasks
    expect(tasks.size).toBe(1)
    if (task) await copy(journal, 'a', task, seen, output)
    expect((await log.committed(group, input)).get(0)?.offset).toBe(3)
    expect((await readAll(log, output)).map(textOf)).toEqual(['0', '1', '2'])
  })

  it('closes a task whose batch is rejected as failed, opens a new one and delivers again', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const output = await topic(current, log, 'out', 1)
    const journal = new Journal()
    await log.append([out(input, 0, 'x')])
    await log.join(
      { group: current().name('group'), inputs: [input] },
      noted(journal, 'a', {
        async batch(task, records) {
          if (journal.find('batch').length === 1) throw new Error('refused once')
          await copy(journal, 'a', task, records, output)
        },
      }),
    )
    await journal.when(() => journal.find('committed').length === 1)
    const order = journal.entries.map(({ what, detail }) => (what === 'close' ? `${what} ${detail}` : what))
    expect(order).toEqual(['open', 'batch', 'close failed', 'open', 'batch', 'committed'])
    expect((await readAll(log, output)).map(textOf)).toEqual(['x'])
  })

  it('tries a take-over again when open is rejected', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const journal = new Journal()
    let tries = 0
    await log.append([out(input, 0, 'x')])
    await log.join(
      { group: current().name('group'), inputs: [input] },
      noted(journal, 'a', {
        open() {
          tries += 1
          if (tries === 1) throw new Error('refused once')
        },
      }),
    )
    await journal.when(() => journal.values().length === 1)
    expect(journal.entries.filter(({ what }) => what !== 'close').map(({ what }) => what)).toEqual(['open', 'batch'])
    expect(tries).toBe(2)
  })

  const outside: readonly [string, number][] = [
    ['before the start of the log', 1],
    ['after its end', 900],
  ]
  it.each(outside)('refuses to go on from a committed offset %s', async (_, offset) => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const spec = { group: current().name('group'), inputs: [input] }
    const journal = new Journal()
    await log.append(range(0, 5).map(number => out(input, 0, String(number))))
    const first = await log.join(
      spec,
      noted(journal, 'first', {
        async open(task) {
          task.pause()
          await task.transact({ records: [], offsets: [{ topic: input, offset, metadata: '' }] })
        },
      }),
    )
    await journal.when(() => journal.find('open').length === 1)
    await first.drain()
    await current().trim(input, 0, 3)
    const second = await log.join(spec, noted(journal, 'second'))
    expect(await second.done.then(() => 'done', codeOf)).toBe('VIG_OFFSET_OUT_OF_RANGE')
    expect(journal.values()).toEqual([])
  })

  it('gives partitions by an elect-topic without delivering its records', async () => {
    const log = await current().log('a')
    const elect = await topic(current, log, 'elect', 2)
    const output = await topic(current, log, 'out', 2)
    const journal = new Journal()
    await log.append([out(elect, 0, 'x'), out(elect, 1, 'x')])
    await log.join(
      { group: current().name('group'), inputs: [], elect },
      noted(journal, 'a', {
        async open(task) {
          await task.transact({ records: [out(output, task.partition, `from ${task.partition}`)], offsets: [] })
        },
      }),
    )
    await journal.when(() => journal.find('open').length === 2)
    await log.append([out(elect, 0, 'y'), out(elect, 1, 'y')])
    expect((await readAll(log, output)).map(textOf).sort()).toEqual(['from 0', 'from 1'])
    expect(journal.held('a')).toEqual([0, 1])
    expect(journal.values()).toEqual([])
  })
}
