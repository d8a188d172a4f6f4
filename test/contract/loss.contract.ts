import { expect, it } from 'vitest'
import type { GroupSpec, Log, Task } from '../../runtime/log.ts'
import { codeOf, Journal, nextOffset, noted, out, range, textOf } from './journal.ts'
import { type Current, topic } from './under-test.ts'

/** Joins with two inputs and a state topic, handles what there is, writes state and output for it, and drains. */
async function worked(
  current: Current,
  log: Log,
): Promise<{ readonly spec: Required<GroupSpec>; readonly right: string }> {
  const [left, right] = [await topic(current, log, 'left', 1), await topic(current, log, 'right', 1)]
  const state = await topic(current, log, 'state', 1, { 'cleanup.policy': 'compact' })
  const output = await topic(current, log, 'out', 1)
  const spec = { group: current().name('group'), inputs: [left, right], elect: state, state, outputs: [output] }
  const journal = new Journal()
  await log.append(range(0, 5).flatMap(number => [out(left, 0, `left ${number}`), out(right, 0, `right ${number}`)]))
  const first = await log.join(
    spec,
    noted(journal, 'first', {
      async batch(task, records) {
        const written = records.flatMap(one => [out(state, 0, textOf(one)), out(output, 0, textOf(one))])
        const offsets = [{ topic: records[0]?.topic ?? '', offset: nextOffset(records), metadata: 'ours' }]
        await task.transact({ records: written, offsets })
        for (const _ of records) journal.note({ client: 'first', what: 'committed', partition: 0 })
      },
    }),
  )
  await journal.when(() => journal.find('committed').length === 10)
  await first.drain()
  return { spec, right }
}

/** How a member ends that joins now, and what it was given before. */
async function outcome(
  log: Log,
  spec: GroupSpec,
): Promise<{ readonly code: string; readonly given: readonly string[] }> {
  const journal = new Journal()
  try {
    const membership = await log.join(spec, noted(journal, 'second'))
    const opened = journal.when(() => journal.find('open').length > 0).then(() => 'opened')
    const code = await Promise.race([membership.done.then(() => 'done', codeOf), opened])
    await membership.drain().catch(() => {})
    return { code, given: journal.values() }
  } catch (error) {
    return { code: codeOf(error), given: journal.values() }
  }
}

export function lossCases(current: Current): void {
  it('begins a new group at the start of the log, and says so for all partitions of all inputs at once', async () => {
    const log = await current().log('a')
    const inputs = [await topic(current, log, 'left', 2), await topic(current, log, 'right', 2)]
    await log.append(range(0, 5).map(number => out(inputs[0] ?? '', 1, String(number))))
    await current().trim(inputs[0] ?? '', 1, 3)
    const group = current().name('group')
    const journal = new Journal()
    const open = (task: Task) => void journal.note({ client: 'a', what: 'committed', partition: task.partition })
    await log.join({ group, inputs }, noted(journal, 'a', { open }))
    const found = await Promise.all(inputs.map(input => log.committed(group, input)))
    const offsets = found.map(held => [...held].sort(([a], [b]) => a - b).map(([, { offset }]) => offset))
    expect(offsets).toEqual([
      [0, 3],
      [0, 0],
    ])
    await journal.when(() => journal.values().length === 2)
    expect(journal.values()).toEqual(['3', '4'])
  })

  it('goes on where nothing was lost', async () => {
    const log = await current().log('a')
    const { spec } = await worked(current, log)
    expect(await outcome(log, spec)).toEqual({ code: 'opened', given: [] })
  })

  it('goes on where retention has passed nothing but the marker behind the last record', async () => {
    const log = await current().log('a')
    const [first, second] = [await topic(current, log, 'first', 1), await topic(current, log, 'second', 1)]
    const journal = new Journal()
    const copying = (client: string, to: string | undefined) =>
      noted(journal, client, {
        async batch(task, records) {
          await task.transact({
            records: to === undefined ? [] : records.map(one => out(to, 0, textOf(one))),
            offsets: [{ topic: records[0]?.topic ?? '', offset: nextOffset(records), metadata: '' }],
          })
          journal.note({ client, what: 'committed', partition: 0 })
        },
      })
    await log.append([out(first, 0, 'x')])
    await log.join({ group: current().name('writes'), inputs: [first] }, copying('writer', second))
    const reads = { group: current().name('reads'), inputs: [second] }
    const reader = await log.join(reads, copying('reader', undefined))
    await journal.when(() => journal.find('committed', 'reader').length === 1)
    await reader.drain()
    const [bounds] = await log.bounds(second)
    expect((await log.committed(reads.group, second)).get(0)?.offset).toBe(bounds?.end)
    await current().trim(second, 0, bounds?.end ?? 0)
    expect(await outcome(log, reads)).toEqual({ code: 'opened', given: [] })
  })

  type Loss = (log: Log, worked: { readonly spec: Required<GroupSpec>; readonly right: string }) => Promise<GroupSpec>
  const losses: readonly [string, readonly string[], Loss][] = [
    [
      'an input was deleted and created again',
      ['VIG_OFFSETS_LOST', 'VIG_OFFSET_OUT_OF_RANGE'],
      async (_log, { spec, right }) => {
        await current().recreate(right)
        return spec
      },
    ],
    [
      'the state topic was deleted and created again',
      ['VIG_STATE_LOST'],
      async (_log, { spec }) => {
        await current().recreate(spec.state)
        return spec
      },
    ],
    [
      'the state topic is shorter than it was',
      ['VIG_STATE_LOST'],
      async (log, { spec }) => {
        await current().recreate(spec.state)
        await log.append([out(spec.state, 0, 'left 0')])
        return spec
      },
    ],
    [
      'all offsets of a group with a state are gone',
      ['VIG_OFFSETS_LOST'],
      async (_log, { spec }) => {
        await current().forget(spec.group)
        return { group: spec.group, inputs: spec.inputs, state: spec.state }
      },
    ],
    [
      'all offsets of a group with outputs of its own are gone',
      ['VIG_OFFSETS_LOST'],
      async (_log, { spec }) => {
        await current().forget(spec.group)
        return { group: spec.group, inputs: spec.inputs, outputs: spec.outputs }
      },
    ],
    [
      'one of the inputs has no offset',
      ['VIG_OFFSETS_LOST'],
      async (log, { spec }) => {
        const third = await topic(current, log, 'third', 1)
        return { ...spec, inputs: [...spec.inputs, third] }
      },
    ],
  ]
  it.each(losses)('stops and says so where %s', async (_, codes, lose) => {
    const log = await current().log('a')
    const found = await worked(current, log)
    const { code, given } = await outcome(log, await lose(log, found))
    expect(codes).toContain(code)
    expect(given).toEqual([])
  })

  it('stops where the log loses what a running task has yet to read, and leaves the committed offset as it is', async () => {
    const log = await current().log('a')
    const input = await topic(current, log, 'in', 1)
    const group = current().name('group')
    const journal = new Journal()
    const paused = Promise.withResolvers<Task>()
    const membership = await log.join(
      { group, inputs: [input] },
      noted(journal, 'a', {
        async batch(task, records) {
          if (textOf(records[0] ?? { value: null }) !== 'first') return
          task.pause()
          await task.transact({ records: [], offsets: [{ topic: input, offset: 1, metadata: '' }] })
          paused.resolve(task)
        },
      }),
    )
    await log.append([out(input, 0, 'first')])
    const task = await paused.promise
    await log.append(range(0, 5).map(number => out(input, 0, `later ${number}`)))
    await current().trim(input, 0, 4)
    task.resume()
    expect(await membership.done.then(() => 'done', codeOf)).toBe('VIG_OFFSET_OUT_OF_RANGE')
    await membership.drain().catch(() => {})
    expect(journal.values()).toEqual(['first'])
    expect((await log.committed(group, input)).get(0)?.offset).toBe(1)
  })
}
