import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import type { GroupSpec, Log, LogRecord, Membership, OutRecord, TaskHandler } from '../log.ts'
import { kafkaLog } from './kafka-log.ts'
import { forgetGroup, recreateTopic } from './mishap.ts'

const out = (topic: string, value: string): OutRecord => ({
  ...{ topic, partition: 0, key: Buffer.from(value), value: Buffer.from(value) },
})
const textOf = ({ value }: LogRecord) => String(value)
const codeOf = (error: unknown) => (isVigiaError(error) ? error.code : String(error))

describe('a state topic that is lost, on a real broker', () => {
  let logs: Log[] = []
  let name: (suffix: string) => string
  const options = (clientId: string) => ({
    ...{ brokers: inject('brokers').split(','), clientId },
    ...{ sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300 },
  })
  const newLog = (clientId: string): Log => {
    const log = kafkaLog(options(clientId))
    logs.push(log)
    return log
  }
  const newTopics = async (log: Log, ...suffixes: string[]): Promise<string[]> => {
    const names = suffixes.map(name)
    await log.createTopics(names.map(topic => ({ name: topic, partitions: 1, config: {} })))
    return names
  }
  const restored = async (task: Parameters<TaskHandler['open']>[0], state: string): Promise<string[]> => {
    const values: string[] = []
    for await (const records of task.restore(state)) values.push(...records.map(textOf))
    return values
  }
  /** How a membership ends that may not even begin. */
  const ended = async (joined: Promise<Membership>): Promise<string> => {
    try {
      return await (await joined).done.then(() => 'done', codeOf)
    } catch (error) {
      return codeOf(error)
    }
  }
  beforeEach(() => {
    const test = randomUUID().slice(0, 8)
    name = suffix => `state-loss.${test}.${suffix}`
    logs = []
  })
  afterEach(async () => {
    await Promise.all(logs.map(log => log.close()))
  })

  it('ends the member that writes to it, when it was made anew beneath it, and every later one', async () => {
    const log = newLog('a')
    const [input = '', state = ''] = await newTopics(log, 'in', 'state')
    const spec: GroupSpec = { group: name('group'), inputs: [input], state }
    const done: string[] = []
    const opened: string[][] = []
    const handler: TaskHandler = {
      async open(task, continues) {
        opened.push(continues ? ['continued'] : await restored(task, state))
      },
      async batch(task, records) {
        await task.transact({
          records: records.map(one => out(state, textOf(one))),
          offsets: [{ topic: input, offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
        })
        done.push(...records.map(textOf))
      },
      async close() {},
    }
    const member = await log.join(spec, handler)
    for (const value of ['1', '2', '3']) {
      await log.append([out(input, value)])
      while (done.at(-1) !== value) await turn()
    }
    await recreateTopic(options('operator'), state)
    await log.append([out(input, '4')])
    expect(await member.done.then(() => 'done', codeOf)).toBe('VIG_STATE_LOST')
    await log.close()
    const other = newLog('b')
    expect(await ended(other.join(spec, handler))).toBe('VIG_STATE_LOST')
    // What was to be written was not, and nobody has begun anew.
    expect(done).toEqual(['1', '2', '3'])
    expect(opened).toEqual([[]])
    expect((await other.committed(spec.group, input)).get(0)?.offset).toBe(3)
  })

  describe('of a stage without inputs', () => {
    /** Writes two pages, each with state and output, as soon as it is opened. */
    const paging = (spec: Required<GroupSpec>) => {
      const opened: string[][] = []
      const handler: TaskHandler = {
        async open(task) {
          opened.push(await restored(task, spec.state))
          for (const page of ['page 1', 'page 2']) {
            const records = [out(spec.state, page), ...spec.outputs.map(topic => out(topic, page))]
            await task.transact({ records, offsets: [] })
          }
        },
        async batch() {},
        async close() {},
      }
      return { handler, opened }
    }
    const worked = async (): Promise<Required<GroupSpec>> => {
      const log = newLog('a')
      const [state = '', output = ''] = await newTopics(log, 'state', 'out')
      const spec = { group: name('group'), inputs: [], elect: state, state, outputs: [output] }
      const member = await log.join(spec, paging(spec).handler)
      while (member.owned().length === 0) await turn()
      await log.close()
      return spec
    }

    it('is the same when the next member finds all that was written', async () => {
      const spec = await worked()
      const { handler, opened } = paging(spec)
      const member = await newLog('b').join(spec, handler)
      while (member.owned().length === 0) await turn()
      expect(opened).toEqual([['page 1', 'page 2']])
    })

    // The brokers delete the offsets of a topic that is deleted, in their own time: the mark is gone with them, or tells.
    const losses: readonly [string, readonly string[], (spec: Required<GroupSpec>) => Promise<unknown>][] = [
      [
        'was made anew',
        ['VIG_OFFSETS_LOST', 'VIG_STATE_LOST'],
        ({ state }) => recreateTopic(options('operator'), state),
      ],
      ['has no offset any more', ['VIG_OFFSETS_LOST'], ({ group }) => forgetGroup(options('operator'), group)],
    ]
    it.each(losses)('ends the member that finds that it %s', async (_, codes, lose) => {
      const spec = await worked()
      await lose(spec)
      const { handler, opened } = paging(spec)
      expect(codes).toContain(await ended(newLog('b').join(spec, handler)))
      expect(opened).toEqual([])
    })

    it('ends the member that writes to it, when it was made anew beneath it', async () => {
      const log = newLog('a')
      const [state = ''] = await newTopics(log, 'state')
      const again = Promise.withResolvers<void>()
      const refused = Promise.withResolvers<string>()
      const page = { records: [out(state, 'page')], offsets: [] }
      const member = await log.join(
        { group: name('group'), inputs: [], elect: state, state },
        {
          async open(task) {
            await task.transact(page)
            await again.promise
            await task.transact(page).catch(error => refused.resolve(codeOf(error)))
          },
          async batch() {},
          async close() {},
        },
      )
      while ((await log.bounds(state))[0]?.end !== 2) await turn()
      await recreateTopic(options('operator'), state)
      again.resolve()
      expect(await member.done.then(() => 'done', codeOf)).toBe('VIG_STATE_LOST')
      expect(await refused.promise).toBe('VIG_TRANSACTION_FAILED')
    })
  })
})
