import { describe, expect, it } from 'vitest'
import { allTopics, topics } from '../../schemas/catalogue.ts'
import type { JobRecord } from '../../schemas/generated/types.ts'
import { embeddedChain } from '../../test/chain/embedded-chain.ts'
import { type Emission, emission, nothing } from '../decision.ts'
import type { LogRecord, Task } from '../log.ts'
import type { MemoryCluster } from '../memory/cluster.ts'
import { type Performs, service, stage } from '../stage.ts'
import { type Observer, silent } from './observer.ts'
import { performer } from './perform.ts'
import { serial } from './serial.ts'
import { compileStages } from './stage-run.ts'
import { stateStore } from './state-store.ts'

const key = 'An_1_0|ip|203.0.113.7'
const job = { analyzer: 'An_1_0', configHash: '', type: 'ip', value: '203.0.113.7', flags: [], depth: 0, notAfter: 0 }
const envelope = {
  ...{ causeId: 'c', rawId: null, domain: 'default', tenant: 'default', tlp: 'AMBER', pap: 'AMBER' },
  ...{ eventTime: 0, at: 0, processTime: 0, seq: null, rulesetHash: null, attempt: 0 },
}

const saying = (jobId: string, says: string) => {
  const failure = { jobId, analyzer: job.analyzer, name: '', type: 'ip', value: '', reason: '', says }
  return emission(topics.analysisResults, 'default#', { kind: 'failure', failure })
}

/** Does the jobs whose id is among these; all others end where they would begin. `intends`: what is written before. */
function worker(
  wanted: readonly string[],
  says: (id: string) => string = id => id,
  intends: (id: string) => readonly Emission[] = () => [],
) {
  const performs: Performs<never, JobRecord, string> = {
    concurrency: 4,
    lane: event => event.id,
    begin: (_state, event) => ({
      perform: wanted.includes(event.id),
      decision: { writes: intends(event.id), remembers: [] },
    }),
    perform: async event => says(event.id),
    failed: () => 'failed',
    finish: (_state, event, outcome) => ({ writes: [saying(event.id, outcome)], remembers: [] }),
  }
  return service('worker', {
    run: stage<{ job: typeof topics.analysisJobs }, never, string>({
      reads: { job: topics.analysisJobs },
      writes: [topics.analysisResults],
      on: {},
      performs: { job: performs },
    }),
  })
}

describe('long work', () => {
  it('goes on behind a backlog of which nothing has to be done', async () => {
    const chain = await embeddedChain()
    const ids = Array.from({ length: 1000 }, (_, n) => `job-${n}`)
    for (const id of ids)
      await chain.put(
        topics.analysisJobs,
        key,
        chain.codec.encode(topics.analysisJobs, { ...envelope, id, kind: 'job', job }),
      )
    const wanted = ['job-500', 'job-999']
    await chain.start(worker(wanted))
    await expect
      .poll(async () =>
        (await chain.all(topics.analysisResults)).map(each => each.kind === 'failure' && each.failure.says),
      )
      .toEqual(wanted)
  })

  it('goes on when the broker takes less than the catalogue says: what is too large is a dead letter', async () => {
    const limited = allTopics.map(topic =>
      topic.name === topics.analysisResults.name ? { ...topic, maxMessageBytes: 3000 } : topic,
    )
    const chain = await embeddedChain({ topics: limited })
    const ids = Array.from({ length: 19 }, (_, n) => `job-${n}`)
    for (const id of ids)
      await chain.put(
        topics.analysisJobs,
        key,
        chain.codec.encode(topics.analysisJobs, { ...envelope, id, kind: 'job', job }),
      )
    await chain.start(worker(ids, id => (id === 'job-3' ? 'x'.repeat(5000) : id)))
    const done = ids.filter(id => id !== 'job-3')
    await expect
      .poll(async () =>
        (await chain.all(topics.analysisResults))
          .map(each => (each.kind === 'failure' ? each.failure.jobId : ''))
          .toSorted(),
      )
      .toEqual(done.toSorted())
    const dead = await chain.all(topics.dlq)
    expect(dead.map(each => [each.deadLetter.code, each.causeId])).toEqual([['VIG_VALUE_TOO_LARGE', 'job-3']])
  })

  it.each([1, 2, 3, 4])(
    'records each outcome once when it is written alone, since another is too large, and the commit behind it fails (%i)',
    async failing => {
      const limited = allTopics.map(topic =>
        topic.name === topics.analysisResults.name ? { ...topic, maxMessageBytes: 3000 } : topic,
      )
      let alone = 0
      const failNext = (chain: { readonly cluster: MemoryCluster }) => {
        for (const partition of [0, 1, 2]) chain.cluster.failNextCommit('t.worker.run', partition)
      }
      const observer: Observer = {
        ...silent,
        committed(_stage, _inputs, outputs) {
          if (outputs === 1 && ++alone === failing) failNext(chain)
        },
      }
      const chain = await embeddedChain({ topics: limited, observer })
      const ids = Array.from({ length: 19 }, (_, n) => `job-${n}`)
      for (const id of ids)
        await chain.put(
          topics.analysisJobs,
          key,
          chain.codec.encode(topics.analysisJobs, { ...envelope, id, kind: 'job', job }),
        )
      await chain.start(worker(ids, id => (id === 'job-3' ? 'x'.repeat(5000) : id)))
      const told = async () => [
        ...(await chain.all(topics.analysisResults)).map(each => (each.kind === 'failure' ? each.failure.jobId : '')),
        ...(await chain.all(topics.dlq)).map(each => each.causeId),
      ]
      await expect.poll(async () => new Set(await told()).size).toBe(ids.length)
      await chain.settled()
      expect(alone).toBeGreaterThanOrEqual(failing)
      expect((await told()).toSorted()).toEqual(ids.toSorted())
    },
  )

  it('goes on behind jobs whose intent is too large: each is a dead letter, and another takes its place', async () => {
    const limited = allTopics.map(topic =>
      topic.name === topics.analysisResults.name ? { ...topic, maxMessageBytes: 3000 } : topic,
    )
    const chain = await embeddedChain({ topics: limited })
    const ids = Array.from({ length: 9 }, (_, n) => `job-${n}`)
    for (const id of ids)
      await chain.put(
        topics.analysisJobs,
        key,
        chain.codec.encode(topics.analysisJobs, { ...envelope, id, kind: 'job', job }),
      )
    const intends = (id: string) => (id < 'job-6' ? [saying(id, 'x'.repeat(5000))] : [])
    await chain.start(worker(ids, id => id, intends))
    const told = async () =>
      (await chain.all(topics.analysisResults)).map(each => (each.kind === 'failure' ? each.failure.jobId : ''))
    await expect.poll(async () => (await told()).toSorted()).toEqual(['job-6', 'job-7', 'job-8'])
    expect((await chain.all(topics.dlq)).map(each => each.causeId).toSorted()).toEqual(ids.slice(0, 6))
  })

  it('commits no more metadata than a broker takes, however far apart the offsets of a batch lie', async () => {
    const chain = await embeddedChain()
    const release = Promise.withResolvers<void>()
    const slow: Performs<never, JobRecord, string> = {
      concurrency: 4,
      lane: event => event.id,
      begin: (_state, event) => ({ perform: event.id === 'job-0', decision: nothing }),
      perform: async () => {
        await release.promise
        return ''
      },
      failed: () => 'failed',
      finish: () => nothing,
    }
    const slowly = service('worker', {
      run: stage<{ job: typeof topics.analysisJobs }, never, string>({
        ...{ reads: { job: topics.analysisJobs }, writes: [topics.analysisResults], on: {} },
        performs: { job: slow },
      }),
    })
    const options = { log: chain.log, codec: chain.codec, prefix: chain.prefix, clock: () => 0, observer: silent }
    const [run] = await compileStages(slowly, topics.dlq, topics.rulesets, options)
    if (run === undefined) throw new Error('no stage')
    const committed: { offset: number; metadata: string }[] = []
    const pauses: boolean[] = []
    const task: Task = {
      ...{ group: run.group, partition: 0, committed: new Map() },
      async transact({ offsets }) {
        committed.push(...offsets.map(({ offset, metadata }) => ({ offset, metadata })))
      },
      restore: async function* () {},
      pause: () => void pauses.push(true),
      resume: () => void pauses.push(false),
    }
    const inTurn = serial()
    const work = performer(
      run,
      task,
      stateStore(),
      (records, _, offsets) => task.transact({ records, offsets }),
      inTurn,
    )
    const topic = chain.prefix + topics.analysisJobs.name
    const at = (offset: number, value: Buffer | null): LogRecord => ({
      ...{ topic, partition: 0, offset, timestamp: 0, key: Buffer.from(key), value, headers: {} },
    })
    const jobAt = (offset: number) => {
      const id = `job-${offset}`
      return at(offset, chain.codec.encode(topics.analysisJobs, { ...envelope, id, kind: 'job', job }))
    }
    // Markers, aborted records and compaction leave gaps; what nobody can read lies there too.
    const records = [jobAt(0), jobAt(1), jobAt(23_999), at(24_000, Buffer.from('x')), jobAt(60_000), jobAt(90_000)]
    await inTurn(() => work.deliver(records))
    await expect.poll(() => committed.length).toBeGreaterThan(0)
    expect(committed.at(-1)?.offset).toBe(0)
    expect(pauses).toEqual([true])
    release.resolve()
    await expect.poll(() => committed.at(-1)).toEqual({ offset: 90_001, metadata: '' })
    expect(pauses).toEqual([true, false])
    expect(Math.max(...committed.map(({ metadata }) => metadata.length))).toBe(4_000)
  })
})
