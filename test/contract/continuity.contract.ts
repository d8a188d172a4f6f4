import { expect, it } from 'vitest'
import type { Task, TaskHandler } from '../../runtime/log.ts'
import { Journal, nextOffset, noted, out, textOf } from './journal.ts'
import { type Current, topic } from './under-test.ts'

/** Writes a state entry and the offset for each batch; rejects the batch that begins with `stumble`, the first time. */
function stumbling(
  journal: Journal,
  state: string,
): { readonly handler: TaskHandler; readonly opened: [Task, Task | null][] } {
  const opened: [Task, Task | null][] = []
  let hasStumbled = false
  const handler = noted(journal, 'a', {
    async batch(task, records) {
      if (!hasStumbled && textOf(records[0] ?? { value: null }) === 'stumble') {
        hasStumbled = true
        throw new Error('stumbled')
      }
      await task.transact({
        records: records.map(one => out(state, task.partition, textOf(one))),
        offsets: [{ topic: records[0]?.topic ?? '', offset: nextOffset(records), metadata: 'kept' }],
      })
      journal.note({ client: 'a', what: 'committed', partition: task.partition })
    },
  })
  return {
    opened,
    handler: {
      ...handler,
      open(task, continues) {
        opened.push([task, continues])
        return handler.open(task, continues)
      },
    },
  }
}

export function continuityCases(current: Current): void {
  it.each([
    ['before anything was committed', []],
    ['after a commit', ['first']],
  ])('tells a task that nothing came between it and the one before, %s', async (_, before) => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const state = await topic(current, log, 'state', 1, { 'cleanup.policy': 'compact' })
    const journal = new Journal()
    const { handler, opened } = stumbling(journal, state)
    await log.join({ group: current().name('group'), inputs: [input], state }, handler)
    for (const value of before) await log.append([out(input, 0, value)])
    await journal.when(() => journal.find('committed').length === before.length && opened.length === 1)
    await log.append([out(input, 0, 'stumble')])
    await journal.when(() => journal.find('committed').length === before.length + 1)
    expect(opened).toHaveLength(2)
    const [[first, none] = [], [, continues] = []] = opened
    expect(none).toBeNull()
    expect(continues).toBe(first)
  })

  it('tells a task nothing of the sort after a transaction that failed', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const state = await topic(current, log, 'state', 1, { 'cleanup.policy': 'compact' })
    const journal = new Journal()
    const opened: (Task | null)[] = []
    const handler = noted(journal, 'a', {
      async batch(task, records) {
        // More than the broker keeps with an offset, once.
        const metadata = opened.length === 1 ? 'x'.repeat(5_000) : ''
        const offsets = [{ topic: input, offset: nextOffset(records), metadata }]
        await task.transact({ records: [out(state, 0, 'x')], offsets })
        journal.note({ client: 'a', what: 'committed', partition: 0 })
      },
    })
    await log.join(
      { group: current().name('group'), inputs: [input], state },
      {
        ...handler,
        open(task, continues) {
          opened.push(continues)
          return handler.open(task, continues)
        },
      },
    )
    await log.append([out(input, 0, 'x')])
    await journal.when(() => journal.find('committed').length === 1)
    expect(opened).toEqual([null, null])
  })
}
