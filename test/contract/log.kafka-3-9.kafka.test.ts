import { afterAll, beforeAll } from 'vitest'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { describeLogContract } from './log.contract.ts'
import { logOverKafka } from './log-over-kafka.ts'

let stack: LocalStack | undefined
// The first run fetches the older Kafka.
beforeAll(async () => {
  stack = await startLocalStack({ kafkaVersion: '3.9.2', registry: false })
}, 300_000)
afterAll(() => stack?.stop())

describeLogContract('the log over Kafka 3.9', async () => logOverKafka(stack?.brokers.split(',') ?? []))
