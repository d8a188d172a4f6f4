import { describe, expect, it } from 'vitest'
import type { LogRecord, Task, TaskHandler } from '../log.ts'
import { type MemoryCluster, memoryCluster } from './cluster.ts'
import { memoryLog } from './memory-log.ts'
import { seededRandom } from './random.ts'

const input = 'in'
const output = 'out'
const group = 'g'

const record = (partition: number, value: string) => ({ topic: input, partition, key: null, value: Buffer.from(value) })

/** Copies to partition 0 of the output, where the transactions of all tasks overlap. */
const copied = (task: Task, records: readonly LogRecord[]) =>
  task.transact({
    records: records.map(({ value }) => ({ topic: output, partition: 0, key: null, value })),
    offsets: [{ topic: input, offset: (records.at(-1)?.offset ?? 0) + 1, metadata: '' }],
  })

function copier(lines: string[] = [], client = 'a'): TaskHandler {
  return {
    async open(task) {
      lines.push(`${client} open ${task.partition} at ${task.committed.get(input)?.offset}`)
    },
    async batch(task, records) {
      lines.push(`${client} batch ${task.partition} ${records.map(({ offset }) => offset).join()}`)
      await copied(task, records).catch(error => lines.push(`${client} ${error.code} ${task.partition}`))
    },
    async close(task, reason) {
      lines.push(`${client} close ${task.partition} ${reason}`)
    },
  }
}

async function prepared(seed: number, partitions: number, maxBatchRecords = 3): Promise<MemoryCluster> {
  const cluster = memoryCluster({ seed, maxBatchRecords })
  const log = memoryLog(cluster, { clientId: 'setup' })
  await log.createTopics([
    { name: input, partitions, config: {} },
    { name: output, partitions: 1, config: {} },
  ])
  return cluster
}

async function values(cluster: MemoryCluster): Promise<string[]> {
  const read: string[] = []
  for await (const batch of memoryLog(cluster).read(output, { from: 'beginning', until: 'end' })) {
    read.push(...batch.map(({ value }) => String(value)))
  }
  return read
}

const append = (cluster: MemoryCluster, partitions: number, from: number, to: number) =>
  memoryLog(cluster).append(
    Array.from({ length: to - from }, (_, index) => record((from + index) % partitions, String(from + index))),
  )

describe('the cluster in memory', () => {
  it('delivers in the same order for the same seed, and in another for another', async () => {
    const run = async (seed: number) => {
      const cluster = await prepared(seed, 3)
      const lines: string[] = []
      await append(cluster, 3, 0, 60)
      await memoryLog(cluster).join({ group, inputs: [input] }, copier(lines))
      await cluster.settled()
      return [...lines, ...(await values(cluster))]
    }
    const first = await run(7)
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
  })

  it('lets a reader stop at an open transaction and go on when it is committed', async () => {
    const cluster = await prepared(1, 1)
    const held = cluster.holdNextCommit(group, 0)
    await append(cluster, 1, 0, 1)
    await memoryLog(cluster).join({ group, inputs: [input] }, copier())
    await held.reached
    await memoryLog(cluster).append([{ topic: output, partition: 0, key: null, value: Buffer.from('after') }])
    const reader = memoryLog(cluster).read(output, { from: 'beginning', until: 'end' })[Symbol.asyncIterator]()
    let released = false
    const first = reader
      .next()
      .then(({ value }) => ({ released, read: value?.map((one: LogRecord) => String(one.value)) }))
    await append(cluster, 1, 1, 2)
    released = true
    held.release()
    expect(await first).toEqual({ released: true, read: ['0', 'after'] })
  })

  it('aborts the open transaction of a killed client at the take-over, and calls nothing of it again', async () => {
    const cluster = await prepared(2, 1)
    const lines: string[] = []
    const held = cluster.holdNextCommit(group, 0)
    await append(cluster, 1, 0, 1)
    await memoryLog(cluster, { clientId: 'a' }).join({ group, inputs: [input] }, copier(lines, 'a'))
    await held.reached
    cluster.kill('a')
    await memoryLog(cluster, { clientId: 'b' }).join({ group, inputs: [input] }, copier(lines, 'b'))
    await cluster.settled()
    expect(lines.filter(line => line.startsWith('a'))).toEqual(['a open 0 at 0', 'a batch 0 0', 'a VIG_FENCED 0'])
    expect(await values(cluster)).toEqual(['0'])
  })

  it('refuses the appends of a killed client and lets its successor work under the same name', async () => {
    const cluster = await prepared(2, 1)
    const log = memoryLog(cluster, { clientId: 'a' })
    cluster.kill('a')
    await expect(log.append([record(0, 'x')])).rejects.toMatchObject({ code: 'VIG_LOG_UNAVAILABLE' })
    const successor = memoryLog(cluster, { clientId: 'a' })
    expect(await successor.append([record(0, 'x')])).toEqual([{ partition: 0, offset: 0 }])
  })

  it('fails the next commit as asked, once, and takes the task over again', async () => {
    const cluster = await prepared(3, 1)
    const lines: string[] = []
    cluster.failNextCommit(group, 0)
    await append(cluster, 1, 0, 1)
    await memoryLog(cluster).join({ group, inputs: [input] }, copier(lines))
    await cluster.settled()
    expect(lines).toEqual([
      'a open 0 at 0',
      'a batch 0 0',
      'a VIG_TRANSACTION_FAILED 0',
      'a close 0 failed',
      'a open 0 at 0',
      'a batch 0 0',
    ])
    expect(await values(cluster)).toEqual(['0'])
  })

  it('gives up a membership whose position the log start has passed', async () => {
    const cluster = await prepared(4, 1)
    const paused = Promise.withResolvers<Task>()
    const membership = await memoryLog(cluster).join(
      { group, inputs: [input] },
      {
        ...copier(),
        async open(task) {
          task.pause()
          paused.resolve(task)
        },
      },
    )
    const task = await paused.promise
    await append(cluster, 1, 0, 5)
    cluster.trim(input, 0, 3)
    task.resume()
    await expect(membership.done).rejects.toMatchObject({ code: 'VIG_OFFSET_OUT_OF_RANGE' })
    await cluster.settled()
    expect(membership.owned()).toEqual([])
  })

  it('stamps records with its clock, and never goes back', async () => {
    const times = [1_000, 2_000, 1_500, 3_000]
    const cluster = memoryCluster({ seed: 1, clock: () => times.shift() ?? 3_000 })
    const log = memoryLog(cluster)
    await log.createTopics([{ name: output, partitions: 1, config: {} }])
    for (const _ of [1, 2, 3, 4]) await log.append([{ topic: output, partition: 0, key: null, value: null }])
    const stamps: number[] = []
    for await (const batch of log.read(output, { from: 'beginning', until: 'end' }))
      stamps.push(...batch.map(one => one.timestamp))
    expect(stamps).toEqual([1_000, 2_000, 2_000, 3_000])
  })

  it('is not settled while a paused task has something to be delivered', async () => {
    const cluster = await prepared(5, 1)
    const order: string[] = []
    const paused = Promise.withResolvers<Task>()
    await memoryLog(cluster).join(
      { group, inputs: [input] },
      {
        ...copier(),
        async open(task) {
          task.pause()
          paused.resolve(task)
        },
        async batch() {
          order.push('batch')
        },
      },
    )
    const task = await paused.promise
    await append(cluster, 1, 0, 1)
    const settled = cluster.settled().then(() => order.push('settled'))
    task.resume()
    await settled
    expect(order).toEqual(['batch', 'settled'])
  })
})

/** Members join, drain and die, commits fail, at moments that the seed decides: each record is copied once, in order. */
describe.each(Array.from({ length: 25 }, (_, seed) => seed))('under disturbance, seed %i,', seed => {
  it('each record is copied once and in order', async () => {
    const partitions = 4
    const cluster = await prepared(seed, partitions)
    const random = seededRandom(seed + 1_000)
    const live: { clientId: string; drain: () => Promise<void> }[] = []
    let joined = 0
    const join = async () => {
      const clientId = `c${joined++}`
      const membership = await memoryLog(cluster, { clientId }).join({ group, inputs: [input] }, copier([], clientId))
      live.push({ clientId, drain: () => membership.drain() })
    }
    const drains: Promise<void>[] = []
    await join()
    for (let step = 0; step < 40; step += 1) {
      await append(cluster, partitions, step * 10, step * 10 + 10)
      const turns = random.below(30)
      for (let turn = 0; turn < turns; turn += 1) await cluster.broker.scheduler.turn()
      const what = random.below(5)
      if (what === 0) await join()
      if (what === 1) cluster.failNextCommit(group, random.below(partitions))
      if (what === 2 && live.length > 0) cluster.kill(live.splice(random.below(live.length), 1)[0]?.clientId ?? '')
      if (what === 3 && live.length > 1)
        drains.push(live.splice(random.below(live.length), 1)[0]?.drain() ?? Promise.resolve())
      if (live.length === 0) await join()
    }
    await Promise.all(drains)
    await cluster.settled()
    const copies = (await values(cluster)).map(Number)
    for (let partition = 0; partition < partitions; partition += 1) {
      const expected = Array.from({ length: 400 / partitions }, (_, index) => index * partitions + partition)
      expect(copies.filter(number => number % partitions === partition)).toEqual(expected)
    }
  })
})
