import { expect, it } from 'vitest'
import { fakeProducer } from './fake-producer.ts'
import { refusedRecorder } from './refused.ts'

it('forgets the body that was refused longest ago once it remembers 10,000, and records it again', async () => {
  const producer = fakeProducer()
  const record = refusedRecorder(producer, 'a secret for tests')
  const refuse = (n: number) => record({ tenant: 'acme', source: 'x', bytes: Buffer.from(String(n)), reason: 'r' })
  for (let n = 0; n < 10_000; n++) await refuse(n)
  await refuse(0)
  expect(producer.raws).toHaveLength(10_000)
  await refuse(10_000)
  await refuse(0)
  expect(producer.raws).toHaveLength(10_001)
  await refuse(1)
  expect(producer.raws).toHaveLength(10_002)
})

it('tells the same body of two tenants, or of two sources, apart', async () => {
  const producer = fakeProducer()
  const record = refusedRecorder(producer, 'a secret for tests')
  for (const [tenant, source] of [
    ['a', 'x'],
    ['b', 'x'],
    ['a', 'y'],
    ['a', 'x'],
  ] as const) {
    await record({ tenant, source, bytes: Buffer.from('{}'), reason: 'r' })
  }
  expect(producer.raws).toHaveLength(3)
})
