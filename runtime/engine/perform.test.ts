import { describe, expect, it } from 'vitest'
import { allTopics, topics } from '../../schemas/catalogue.ts'
import type { JobRecord } from '../../schemas/generated/types.ts'
import { embeddedChain } from '../../test/chain/embedded-chain.ts'
import { emission, nothing } from '../decision.ts'
import { type Performs, service, stage } from '../stage.ts'

const key = 'An_1_0|ip|203.0.113.7'
const job = { analyzer: 'An_1_0', configHash: '', type: 'ip', value: '203.0.113.7', flags: [], depth: 0, notAfter: 0 }
const envelope = {
  ...{ causeId: 'c', rawId: null, domain: 'default', tenant: 'default', tlp: 'AMBER', pap: 'AMBER' },
  ...{ eventTime: 0, at: 0, processTime: 0, seq: null, rulesetHash: null, attempt: 0 },
}

/** Does the jobs whose id is among these; all others end where they would begin. */
function worker(wanted: readonly string[], says: (id: string) => string = id => id) {
  const performs: Performs<never, JobRecord, string> = {
    concurrency: 4,
    lane: event => event.id,
    begin: (_state, event) => ({ perform: wanted.includes(event.id), decision: nothing }),
    perform: async event => says(event.id),
    failed: () => 'failed',
    finish: (_state, event, outcome) => {
      const failure = {
        jobId: event.id,
        analyzer: job.analyzer,
        name: '',
        type: 'ip',
        value: '',
        reason: '',
        says: outcome,
      }
      return { writes: [emission(topics.analysisResults, 'default#', { kind: 'failure', failure })], remembers: [] }
    },
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
})
