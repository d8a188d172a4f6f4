import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { Log, LogRecord, OutRecord, Task, TaskHandler } from '../log.ts'
import { kafkaClient } from './client.ts'
import type { KafkaEvent } from './events.ts'
import { interpose } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'
import { settingsFrom } from './options.ts'
import { fencedProducer, fencePredecessor } from './takeover.ts'

const text = ({ value }: { readonly value: Buffer | null }) => String(value)
const record = (topic: string, value: string, partition = 0): OutRecord => ({
  ...{ topic, partition, key: Buffer.from('k'), value: Buffer.from(value) },
})
const quiet: TaskHandler = { open: async () => {}, close: async () => {}, batch: async () => {} }

/** The rules of the take-over, each by what happens where it is broken: see README.md. */
describe('a take-over on a real broker', () => {
  let logs: Log[] = []
  let undo: (() => void)[] = []
  let events: KafkaEvent[] = []
  let name: (suffix: string) => string

  const options = (clientId: string) => ({
    ...{ brokers: inject('brokers').split(','), clientId },
    ...{ sessionTimeoutMs: 6_000, heartbeatIntervalMs: 500 },
  })
  const newLog = (clientId: string): Log => {
    const log = kafkaLog({ ...options(clientId), onEvent: event => void events.push(event) })
    logs.push(log)
    return log
  }
  const newTopics = async (log: Log, partitions: number, ...suffixes: string[]): Promise<string[]> => {
    const names = suffixes.map(name)
    await log.createTopics(names.map(topic => ({ name: topic, partitions, config: {} })))
    return names
  }
  const transactions = () => kafkaClient(settingsFrom(options('other')), 'transactions')
  const readAll = async (log: Log, topic: string): Promise<string[]> => {
    const records: LogRecord[] = []
    for await (const batch of log.read(topic, { from: 'beginning', until: 'end' })) records.push(...batch)
    return records.map(text)
  }
  const restored = async (task: Task, topic: string): Promise<string[]> => {
    const records: LogRecord[] = []
    for await (const batch of task.restore(topic)) records.push(...batch)
    return records.map(text)
  }
  const copy = (task: Task, records: readonly LogRecord[], output: string): Promise<void> =>
    task.transact({
      records: records.map(one => record(output, text(one))),
      offsets: [{ topic: records[0]?.topic ?? '', offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
    })
  /** What an owner before us does in one transaction. */
  const commits = async (producer: Producer, group: string, topic: string, offset: number, writes: OutRecord[]) => {
    const transaction = await producer.transaction()
    for (const { topic: to, partition, key, value } of writes) {
      await transaction.send({ topic: to, messages: [{ partition, key, value }] })
    }
    const partitions = [{ partition: 0, offset: String(offset) }]
    // A coordinator that is being loaded says so, and means `ask again`: kafkajs takes it for an error here.
    for (let attempt = 1; ; attempt++) {
      try {
        await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions }] })
        break
      } catch (error) {
        if (attempt === 50 || !/COORDINATOR|LOAD/.test(String(Object(error).type))) throw error
        await sleep(100)
      }
    }
    await transaction.commit()
  }

  beforeEach(() => {
    const test = randomUUID().slice(0, 8)
    name = suffix => `takeover.${test}.${suffix}`
    logs = []
    undo = []
    events = []
  })
  afterEach(async () => {
    for (const back of undo) back()
    await Promise.all(logs.map(log => log.close()))
  })

  it('sees what its predecessor committed in the last moment before the fence: the offset, and the state', async () => {
    const log = newLog('a')
    const [input = '', state = ''] = await newTopics(log, 1, 'in', 'state')
    const group = name('group')
    await log.append([record(input, 'x'), record(input, 'y')])
    const before = await fencePredecessor(transactions(), group, 0, 15_000)
    await commits(before, group, input, 0, [])
    const found = Promise.withResolvers<unknown>()
    let first = true
    undo.push(
      interpose('initProducerId', async ({ transactionalId }, send) => {
        if (transactionalId === `${group}.0` && first) {
          first = false
          await commits(before, group, input, 2, [record(state, 'as of y')])
        }
        return send()
      }),
    )
    await log.join(
      { group, inputs: [input], state },
      {
        ...quiet,
        open: async task =>
          found.resolve({ offset: task.committed.get(input)?.offset, state: await restored(task, state) }),
      },
    )
    expect(await found.promise).toEqual({ offset: 2, state: ['as of y'] })
    await before.disconnect()
  })

  it('restores up to the end of the log, not only to where committed readers can see at that moment', async () => {
    const log = newLog('a')
    const [input = '', state = ''] = await newTopics(log, 1, 'in', 'state')
    const other = await fencedProducer(transactions(), name('other'), 15_000)
    const transaction = await other.transaction()
    await transaction.send({ topic: state, messages: [{ partition: 0, key: 'k', value: 'on its way' }] })
    let open = true
    undo.push(
      interpose('fetch', async ({ topics }, send) => {
        if (topics?.some(({ topic }) => topic === state) && open) {
          open = false
          await transaction.commit()
        }
        return send()
      }),
    )
    const found = Promise.withResolvers<string[]>()
    const finds = async (task: Task) => found.resolve(await restored(task, state))
    await log.join({ group: name('group'), inputs: [input] }, { ...quiet, open: finds })
    expect(await found.promise).toEqual(['on its way'])
    await other.disconnect()
  })

  it('fetches nothing of a task before it is open', async () => {
    const log = newLog('a')
    const [input = ''] = await newTopics(log, 1, 'in')
    await log.append([record(input, 'x')])
    const [beaten, delivered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let [beats, fetches, opening] = [0, 0, false]
    undo.push(
      interpose('fetch', ({ topics }, send) => {
        if (opening && topics?.some(({ topic }) => topic === input)) fetches++
        return send()
      }),
      interpose('heartbeat', async (_, send) => {
        const answer = await send()
        if (opening && ++beats === 2) beaten.resolve()
        return answer
      }),
    )
    await log.join(
      { group: name('group'), inputs: [input] },
      {
        ...quiet,
        async open() {
          opening = true
          await beaten.promise
          opening = false
        },
        batch: async () => delivered.resolve(),
      },
    )
    await delivered.promise
    expect(fetches).toBe(0)
  })

  it('fences with one transactional id for each task, whoever owns it', async () => {
    const [input = ''] = await newTopics(newLog('a'), 1, 'in')
    const group = name('group')
    const [first, second] = [await fencePredecessor(transactions(), group, 0, 15_000), name('out')]
    await newLog('b').createTopics([{ name: second, partitions: 1, config: {} }])
    await (await fencePredecessor(transactions(), group, 0, 15_000)).disconnect()
    await expect(commits(first, group, input, 1, [record(second, 'x')])).rejects.toMatchObject({
      type: 'INVALID_PRODUCER_EPOCH',
    })
    // Another task of the same group is not touched.
    const other = await fencePredecessor(transactions(), group, 1, 15_000)
    await (await fencePredecessor(transactions(), group, 0, 15_000)).disconnect()
    await commits(other, group, input, 1, [])
    await Promise.all([first, other].map(producer => producer.disconnect()))
  })

  it('that follows a fence waits for the group to answer a heartbeat that was sent after it', async () => {
    const log = newLog('a')
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    const group = name('group')
    const seen: string[] = []
    const copied = Promise.withResolvers<void>()
    undo.push(
      interpose('heartbeat', async (_, send) => {
        seen.push('asked')
        // After the fence the group takes its time.
        if (seen.includes('fenced')) await sleep(1_500)
        const answer = await send()
        seen.push('answered')
        return answer
      }),
      interpose('initProducerId', ({ transactionalId }, send) => {
        if (transactionalId === `${group}.0`) seen.push('taken over')
        return send()
      }),
    )
    await log.append([record(input, 'x')])
    let batches = 0
    await log.join(
      { group, inputs: [input] },
      {
        ...quiet,
        async batch(task, records) {
          if (++batches === 1) await (await fencePredecessor(transactions(), group, 0, 15_000)).disconnect()
          try {
            await copy(task, records, output)
            copied.resolve()
          } catch (error) {
            expect(isVigiaError(error, 'VIG_FENCED')).toBe(true)
            seen.splice(0, Number.POSITIVE_INFINITY, 'fenced')
          }
        },
      },
    )
    await copied.promise
    const between = seen.slice(seen.indexOf('fenced'), seen.indexOf('taken over'))
    expect(between.slice(between.indexOf('asked'))).toContain('answered')
    expect(await readAll(log, output)).toEqual(['x'])
  })

  const ends: readonly ['written' | 'never sent', number][] = [
    ['written', 1],
    ['never sent', 0],
  ]
  it.each(ends)('follows an EndTxn whose answer is lost, %s, with a new producer', async (what, offset) => {
    const log = newLog('a')
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    const group = name('group')
    const calls: string[] = []
    let lose = true
    undo.push(
      interpose('endTxn', async ({ transactionalId, transactionResult }, send) => {
        if (!lose || transactionalId !== `${group}.0` || transactionResult !== true) return send()
        lose = false
        if (what === 'written') await send()
        throw Object.assign(new Error('the answer was lost'), { retriable: false })
      }),
    )
    const copied = Promise.withResolvers<void>()
    await log.append([record(input, '1')])
    await log.join(
      { group, inputs: [input] },
      {
        open: async task => void calls.push(`open at ${task.committed.get(input)?.offset}`),
        close: async (_, reason) => void calls.push(`close ${reason}`),
        async batch(task, records) {
          const outcome = copy(task, records, output).then(
            () => 'committed',
            error => (isVigiaError(error) ? error.code : String(error)),
          )
          calls.push(await outcome)
          if (calls.length === 2) await log.append([record(input, '2')])
          if ((await log.committed(group, input)).get(0)?.offset === 2) copied.resolve()
        },
      },
    )
    await copied.promise
    expect(calls.slice(0, 4)).toEqual(['open at 0', 'VIG_TRANSACTION_FAILED', 'close failed', `open at ${offset}`])
    expect(await readAll(log, output)).toEqual(['1', '2'])
  })

  it('is not provoked by a batch that takes longer than a session: heartbeats go on meanwhile', async () => {
    const log = newLog('a')
    const [input = '', output = ''] = await newTopics(log, 1, 'in', 'out')
    await log.append([record(input, 'x')])
    const [beaten, copied] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let [beats, inHand] = [0, false]
    undo.push(
      interpose('heartbeat', async (_, send) => {
        const answer = await send()
        if (inHand && ++beats === 3) beaten.resolve()
        return answer
      }),
    )
    await log.join(
      { group: name('group'), inputs: [input] },
      {
        ...quiet,
        async batch(task, records) {
          inHand = true
          await beaten.promise
          await copy(task, records, output)
          copied.resolve()
        },
      },
    )
    await copied.promise
    expect(events.filter(({ type }) => type === 'rebalance')).toHaveLength(1)
  })

  it('happens only where it must: a member keeps what it has, the same numbers of all inputs', async () => {
    // The names are such that an assigner without memory gives the first numbers to the second member.
    const [z, a] = [newLog('z'), newLog('a')]
    const inputs = await newTopics(z, 3, 'left', 'right')
    const spec = { group: name('group'), inputs }
    const owner = new Map<string, Set<string>>()
    const all = Promise.withResolvers<void>()
    const noting = (who: string): TaskHandler => ({
      ...quiet,
      async batch(_, records) {
        for (const one of records) {
          if (!text(one).startsWith('later')) continue
          const place = `${one.partition}`
          owner.set(place, (owner.get(place) ?? new Set()).add(`${who} ${one.topic}`))
        }
        if ([...owner.values()].reduce((sum, set) => sum + set.size, 0) === 6) all.resolve()
      },
    })
    const first = await z.join(spec, noting('z'))
    while (first.owned().length < 3) await new Promise(resolve => setImmediate(resolve))
    const second = await a.join(spec, noting('a'))
    while (second.owned().length + first.owned().length !== 3 || second.owned().length === 0) {
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(first.owned()).toEqual([0, 1])
    await z.append(inputs.flatMap(topic => [0, 1, 2].map(partition => record(topic, 'later', partition))))
    await all.promise
    const by = (who: string) => new Set(inputs.map(topic => `${who} ${topic}`))
    expect(owner).toEqual(
      new Map([
        ['0', by('z')],
        ['1', by('z')],
        ['2', by('a')],
      ]),
    )
  })
})
