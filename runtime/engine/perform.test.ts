import { describe, expect, it } from 'vitest'
import { topics } from '../../schemas/catalogue.ts'
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
function worker(wanted: readonly string[]) {
  const performs: Performs<never, JobRecord, string> = {
    concurrency: 4,
    lane: event => event.id,
    begin: (_state, event) => ({ perform: wanted.includes(event.id), decision: nothing }),
    perform: async event => event.id,
    failed: () => 'failed',
    finish: (_state, _event, says) => {
      const failure = { jobId: says, analyzer: job.analyzer, name: '', type: 'ip', value: '', reason: '', says }
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
})
