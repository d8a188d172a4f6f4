import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, inject, it } from 'vitest'
import { isVigiaError } from '../../core/errors.ts'
import { upstream } from './fixes/upstream.ts'
import { brokerError } from './interpose.ts'
import { kafkaLog } from './kafka-log.ts'

/** A code of the protocol. */
const GROUP_AUTHORIZATION_FAILED = 30

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'let in',
    error => (isVigiaError(error) ? error.code : error),
  )

describe('who is refused', () => {
  it('TLS refusals: asks each broker once, and not for half a minute', async () => {
    let connections = 0
    const server = createServer(socket => {
      connections++
      socket.on('error', () => {})
      socket.end('this is no TLS\r\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const log = kafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: 'refused', ssl: true })
    expect(await codeOf(log.describeTopics(['any']))).toBe('VIG_AUTH_REFUSED')
    // One connection of the administration, one beside it.
    expect(connections).toBeLessThanOrEqual(2)
    await log.close()
    server.close()
  })

  it('coordinator refusals: is told so, where a right to the group is missing', async () => {
    const log = kafkaLog({ brokers: inject('brokers').split(','), clientId: 'refused' })
    const topic = `refusals.${randomUUID().slice(0, 8)}`
    await log.createTopics([{ name: topic, partitions: 1, config: {} }])
    // Below the fix, which stands around the request itself: the answers of the broker, in every version.
    type Response = { parse(data: unknown): Promise<unknown> }
    const answers = [0, 1, 2].map(version =>
      upstream<Response>(`protocol/requests/findCoordinator/v${version}/response.js`),
    )
    const before = answers.map(answer => answer.parse)
    for (const answer of answers) answer.parse = () => Promise.reject(brokerError(GROUP_AUTHORIZATION_FAILED))
    try {
      const joins = log.join(
        { group: topic, inputs: [topic] },
        { open: async () => {}, close: async () => {}, batch: async () => {} },
      )
      expect(await codeOf(joins)).toBe('VIG_AUTH_REFUSED')
    } finally {
      for (const [index, answer] of answers.entries()) answer.parse = before[index] ?? answer.parse
      await log.close()
    }
  })
})
