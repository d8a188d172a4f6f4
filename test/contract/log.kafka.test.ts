import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import { trimLog } from '../../runtime/kafka/trim.ts'
import type { Log } from '../../runtime/log.ts'
import { describeLogContract } from './log.contract.ts'

describeLogContract('the log over Kafka', async () => {
  const brokers = inject('brokers').split(',')
  const test = randomUUID().slice(0, 8)
  const logs: Log[] = []
  return {
    async log(clientId) {
      const log = kafkaLog({ brokers, clientId, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 300 })
      logs.push(log)
      return log
    },
    name: suffix => `contract.${test}.${suffix}`,
    trim: (topic, partition, offset) => trimLog({ brokers, clientId: 'trim' }, topic, partition, offset),
    async close() {
      await Promise.all(logs.map(log => log.close()))
    },
  }
})
