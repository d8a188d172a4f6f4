import { inject } from 'vitest'
import { describeLogContract } from './log.contract.ts'
import { logOverKafka } from './log-over-kafka.ts'

describeLogContract('the log over Kafka', async () => logOverKafka(inject('brokers').split(',')))
