import { randomUUID } from 'node:crypto'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import { forgetGroup, recreateTopic } from '../../runtime/kafka/mishap.ts'
import { trimLog } from '../../runtime/kafka/trim.ts'
import type { Log } from '../../runtime/log.ts'
import type { LogUnderTest } from './under-test.ts'

/** The real log, with topics of its own on these brokers. */
export function logOverKafka(brokers: readonly string[]): LogUnderTest {
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
    recreate: topic => recreateTopic({ brokers, clientId: 'recreate' }, topic),
    forget: group => forgetGroup({ brokers, clientId: 'forget' }, group),
    async close() {
      await Promise.all(logs.map(log => log.close()))
    },
  }
}
