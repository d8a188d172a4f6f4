import { expect, it } from 'vitest'
import { analyzerContract } from './analyzer.contract.ts'
import { fakeAnalyzers, fakeReport } from './fake.ts'

const echo = ({ value }: { value: string }) => fakeReport({ namespace: 'Stub', value })

const stubs = {
  Echo_1_0: { answer: echo },
  Lookup_1_0: { egress: 'passive', answer: echo },
  Fails_1_0: { answer: { success: false, reason: 'failed', errorMessage: 'no such thing' } },
  Slow_1_0: { answer: () => new Promise<never>(() => {}) },
} as const

analyzerContract('the fake', async () => fakeAnalyzers(stubs))

it('keeps the jobs that were started, and not the refused ones', async () => {
  const fake = fakeAnalyzers(stubs)
  const job = { analyzer: 'Lookup_1_0', dataType: 'ip', value: '192.0.2.1', pap: 'AMBER' } as const
  await fake.run({ ...job, tlp: 'RED' }, new AbortController().signal)
  await fake.run({ ...job, tlp: 'GREEN' }, new AbortController().signal)
  expect(fake.jobs.map(({ tlp }) => tlp)).toEqual(['GREEN'])
})
