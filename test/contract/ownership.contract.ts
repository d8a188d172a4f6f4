import { expect, it } from 'vitest'
import { copy, gate, Journal, noted, out, range, textOf } from './journal.ts'
import { type Current, readAll, readSome, topic } from './under-test.ts'

/** Every partition has exactly one holder, and every client has one. */
function isShared(journal: Journal, clients: readonly string[], partitions: number): boolean {
  const held = clients.map(client => journal.held(client))
  return (
    held.every(list => list.length > 0) &&
    held
      .flat()
      .sort((a, b) => a - b)
      .join() === range(0, partitions).join()
  )
}

export function ownershipCases(current: Current): void {
  it('gives two members the same numbers of all inputs, and all of them', async () => {
    const [a, b] = [await current().log('a'), await current().log('b')]
    const inputs = [await topic(current, a, 'left', 4), await topic(current, a, 'right', 4)]
    const spec = { group: current().name('group'), inputs }
    const journal = new Journal()
    const memberships = [await a.join(spec, noted(journal, 'a')), await b.join(spec, noted(journal, 'b'))]
    await journal.when(() => isShared(journal, ['a', 'b'], 4))
    await a.append(
      inputs.flatMap(input => range(0, 4).map(partition => out(input, partition, `${input}/${partition}`))),
    )
    await journal.when(() => new Set(journal.values()).size === 8)
    for (const partition of range(0, 4)) {
      const mine = journal.find('batch').filter(entry => entry.partition === partition)
      expect(new Set(mine.map(({ detail }) => detail))).toEqual(new Set(inputs))
      expect(new Set(mine.map(({ client }) => client)).size).toBe(1)
    }
    expect(memberships.map(one => one.owned().length)).toEqual([2, 2])
    expect(memberships.map(one => one.assigned().toSorted())).toEqual(memberships.map(one => one.owned().toSorted()))
    expect(memberships.flatMap(one => one.owned()).sort()).toEqual([0, 1, 2, 3])
  })

  it('fences the first owner in the middle of a batch: its transaction is refused and nothing is written twice', async () => {
    const [a, b] = [await current().log('a'), await current().log('b')]
    const input = await topic(current, a, 'in', 2)
    const output = await topic(current, a, 'out', 1)
    const spec = { group: current().name('group'), inputs: [input] }
    const journal = new Journal()
    const hold = gate()
    await a.join(
      spec,
      noted(journal, 'a', {
        async batch(task, records) {
          if (records.some(record => textOf(record).startsWith('later'))) await hold.passed
          await copy(journal, 'a', task, records, output)
        },
      }),
    )
    const bBatch: Parameters<typeof noted>[2] = { batch: (task, records) => copy(journal, 'b', task, records, output) }
    await a.append([out(input, 0, 'early 0'), out(input, 1, 'early 1')])
    await journal.when(() => journal.find('committed', 'a').length === 2)
    await a.append([out(input, 0, 'later 0'), out(input, 1, 'later 1')])
    await journal.when(() => journal.values('a').length === 4)
    await b.join(spec, noted(journal, 'b', bBatch))
    await journal.when(() => journal.find('open', 'b').length > 0)
    hold.open()
    const refusedAndMoved = () => {
      const there = new Set(journal.find('open', 'b').map(({ partition }) => partition))
      return journal.find('refused', 'a').find(({ partition }) => there.has(partition))
    }
    await journal.when(() => refusedAndMoved() !== undefined)
    const moved = refusedAndMoved()?.partition
    await journal.when(() => journal.find('close', 'a').some(({ partition }) => partition === moved))
    await readSome(b, output, 4)
    const expected = ['early 0', 'early 1', 'later 0', 'later 1']
    expect((await readAll(b, output)).map(textOf).sort()).toEqual(expected)
    expect(refusedAndMoved()?.detail).toBe('VIG_FENCED')
    expect(['revoked', 'fenced']).toContain(
      journal.find('close', 'a').find(({ partition }) => partition === moved)?.detail,
    )
    // The new owner starts from what the old one has committed, not from what it had in hand.
    expect(journal.find('open', 'b').find(({ partition }) => partition === moved)?.offset).toBe(1)
  })

  it('goes on elsewhere, from the committed offset, when a member drains', async () => {
    const [a, b] = [await current().log('a'), await current().log('b')]
    const input = await topic(current, a, 'in', 4)
    const output = await topic(current, a, 'out', 1)
    const spec = { group: current().name('group'), inputs: [input] }
    const journal = new Journal()
    const copying = (client: string) =>
      noted(journal, client, { batch: (task, records) => copy(journal, client, task, records, output) })
    const first = await a.join(spec, copying('a'))
    await b.join(spec, copying('b'))
    await journal.when(() => isShared(journal, ['a', 'b'], 4))
    await b.append(range(0, 40).map(number => out(input, number % 4, String(number))))
    await readSome(b, output, 40)
    await first.drain()
    expect(await first.done).toBeUndefined()
    expect(first.owned()).toEqual([])
    expect(journal.held('a')).toEqual([])
    expect(journal.find('close', 'a').at(-1)?.detail).toBe('drained')
    await b.append(range(40, 80).map(number => out(input, number % 4, String(number))))
    await readSome(b, output, 80)
    expect(journal.held('b')).toEqual([0, 1, 2, 3])
    const numbers = (await readAll(b, output)).map(record => Number(textOf(record)))
    expect(numbers.sort((x, y) => x - y)).toEqual(range(0, 80))
    expect(journal.find('refused')).toEqual([])
  })

  it('keeps what each task was given in order over joins and drains', async () => {
    const [a, b, c] = [await current().log('a'), await current().log('b'), await current().log('c')]
    const input = await topic(current, a, 'in', 3)
    const output = await topic(current, a, 'out', 1)
    const spec = { group: current().name('group'), inputs: [input] }
    const journal = new Journal()
    const copying = (client: string) =>
      noted(journal, client, { batch: (task, records) => copy(journal, client, task, records, output) })
    const write = (from: number) =>
      c.append(range(from, from + 30).map(number => out(input, number % 3, String(number))))
    const first = await a.join(spec, copying('a'))
    await write(0)
    await b.join(spec, copying('b'))
    await write(30)
    await first.drain()
    await write(60)
    await readSome(c, output, 90)
    const numbers = (await readAll(c, output)).map(record => Number(textOf(record)))
    for (const partition of range(0, 3)) {
      expect(numbers.filter(number => number % 3 === partition)).toEqual(
        range(0, 30).map(number => number * 3 + partition),
      )
    }
  })
}
