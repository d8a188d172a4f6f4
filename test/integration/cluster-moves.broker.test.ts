import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../infra/local/port.ts'
import { type LocalStack, startLocalStack } from '../../infra/local/stack.ts'
import { clusterOf, kafkaClient } from '../../runtime/kafka/client.ts'
import type { KafkaEvent } from '../../runtime/kafka/events.ts'
import { kafkaLog } from '../../runtime/kafka/kafka-log.ts'
import { settingsFrom } from '../../runtime/kafka/options.ts'
import type { Log } from '../../runtime/log.ts'
import { type BrokerProxy, startProxy } from '../chaos/proxy/proxy.ts'
import {
  account,
  type Copying,
  copied,
  joinCopying,
  partitions,
  prepare,
  readByKafka,
  runTool,
  startSource,
  written,
} from './copying.ts'
import { until } from './until.ts'

const minutes = 60_000

/** What a single broker cannot show: leaders and coordinators that move, and a network that parts one instance from all brokers. */
describe('a copying task with two inputs and a state, on three brokers', { timeout: 6 * minutes }, () => {
  let stack: LocalStack
  let proxies: BrokerProxy[] = []
  let logs: Log[] = []
  const events: KafkaEvent[] = []
  const open = (clientId: string, brokers = stack.brokers): Log => {
    const log = kafkaLog({
      brokers: brokers.split(','),
      clientId,
      sessionTimeoutMs: 6_000,
      heartbeatIntervalMs: 500,
      onEvent: event => events.push(event),
    })
    logs.push(log)
    return log
  }
  const admin = () => kafkaClient(settingsFrom({ brokers: stack.brokers.split(','), clientId: 'admin' }), 'admin')

  beforeAll(async () => {
    const ports = await freePorts(3)
    const advertisedPort = (node: number) => ports[node - 1] ?? 0
    stack = await startLocalStack({
      nodes: 3,
      registry: false,
      listeners: [{ name: 'CUTTABLE', protocol: 'PLAINTEXT', advertisedPort }],
      log: line => console.log(`three brokers: ${line}`),
    })
    proxies = await Promise.all(
      stack.nodes.map(node =>
        startProxy({
          listen: advertisedPort(node),
          target: { host: '127.0.0.1', port: stack.port(node, 'CUTTABLE') },
        }),
      ),
    )
  }, 5 * minutes)
  afterEach(async () => {
    await Promise.all(logs.map(log => log.close()))
    logs = []
  }, minutes)
  afterAll(async () => {
    await Promise.all(proxies.map(proxy => proxy.close()))
    await stack?.stop()
  }, minutes)

  /** The node that coordinates a group (0) or a transactional id (1). */
  async function coordinatorOf(id: string, coordinatorType: 0 | 1): Promise<number> {
    const cluster = clusterOf(admin())
    await cluster.connect()
    try {
      const query: { groupId: string } = Object.assign({ groupId: id }, { coordinatorType })
      const found = (await cluster.findGroupCoordinator(query)) as unknown as { nodeId: number | string }
      return Number(found.nodeId)
    } finally {
      await cluster.disconnect()
    }
  }

  type Placed = { readonly partition: number; readonly leader: number; readonly replicas: readonly number[] }

  async function placesOf(topics: readonly string[]): Promise<{ topic: string; partitions: Placed[] }[]> {
    const asked = admin().admin()
    await asked.connect()
    try {
      const { topics: found } = await asked.fetchTopicMetadata({ topics: [...topics] })
      return found.map(({ name, partitions: all }) => ({
        topic: name,
        partitions: all.map(({ partitionId, leader, replicas }) => ({ partition: partitionId, leader, replicas })),
      }))
    } finally {
      await asked.disconnect()
    }
  }

  async function withCopying(
    name: string,
    brokersOfA: string,
    fault: (at: {
      readonly copying: Copying
      readonly more: (count: number) => Promise<void>
      readonly log: Log
    }) => Promise<void>,
  ): Promise<void> {
    const log = open(`${name}-look`)
    const copying = await prepare(log, `moves.${name}`)
    const more = async (count: number) => {
      const before = await copied(log, copying)
      await until(
        `${count} more copies`,
        async () => ((await copied(log, copying)) >= before + count ? true : undefined),
        2 * minutes,
      )
    }
    const memberships = [
      await joinCopying(open(`${name}-a`, brokersOfA), copying),
      await joinCopying(open(`${name}-b`), copying),
    ]
    const source = startSource(open(`${name}-source`), copying)
    await more(300)
    await fault({ copying, more, log })
    await more(300)
    await source.stop()
    const inputs = await written(log, copying)
    await until(
      'end of the copying',
      async () => ((await copied(log, copying)) >= inputs.length ? true : undefined),
      2 * minutes,
    )
    await Promise.all(memberships.map(membership => membership.drain()))
    expect(account(inputs, await readByKafka(stack.brokers, copying.output))).toEqual({
      lost: [],
      doubled: [],
      gaps: [],
    })
    console.log(`three brokers: ${name}: ${inputs.length} inputs, each copied once`)
  }

  const nodes: readonly [string, (copying: Copying) => Promise<number>][] = [
    [
      'leads its partitions',
      async ({ inputs }) =>
        (await placesOf([inputs[0]]))[0]?.partitions.find(({ partition }) => partition === 0)?.leader ?? 1,
    ],
    ['coordinates its group', ({ group }) => coordinatorOf(group, 0)],
    ['coordinates its transactions', ({ group }) => coordinatorOf(`${group}.0`, 1)],
  ]
  it('copies each record once while one broker after another is killed, and comes back', async () => {
    await withCopying('killed', stack.brokers, async ({ copying, more }) => {
      for (const [what, find] of nodes) {
        const node = await find(copying)
        console.log(`three brokers: killed: node ${node}, which ${what}`)
        await stack.kill(node)
        await more(300).finally(() => stack.start(node))
      }
    })
  })

  it('copies each record once while leaders and coordinators are moved to other brokers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-moves-'))
    try {
      await withCopying('moved', stack.brokers, async ({ copying, more }) => {
        const internal = ['__consumer_offsets', '__transaction_state']
        const topics = [...copying.inputs, copying.state, copying.output, ...internal]
        const before = await placesOf(topics)
        const plan = before.flatMap(({ topic, partitions: all }) =>
          all.map(({ partition, replicas: [first = 1, ...others] }) => ({
            topic,
            partition,
            replicas: [...others, first],
          })),
        )
        const file = join(folder, 'plan.json')
        await writeFile(file, JSON.stringify({ version: 1, partitions: plan }))
        const reassign = ['--reassignment-json-file', file, '--execute']
        const server = ['--bootstrap-server', stack.brokers]
        await runTool('org.apache.kafka.tools.reassign.ReassignPartitionsCommand', [...server, ...reassign])
        const elect = ['--election-type', 'preferred', '--all-topic-partitions']
        await runTool('org.apache.kafka.tools.LeaderElectionCommand', [...server, ...elect])
        const isMoved = async () => {
          const after = await placesOf(topics)
          return (
            after.every(({ partitions: all }) => all.every(({ leader, replicas }) => leader === replicas[0])) ||
            undefined
          )
        }
        await until('new leaders', isMoved, minutes)
        const leaders = (at: typeof before) => at.flatMap(({ partitions: all }) => all.map(({ leader }) => leader))
        expect(leaders(await placesOf(topics))).not.toEqual(leaders(before))
        await more(500)
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('copies each record once while one instance is cut off from all brokers, is replaced, and comes back', async () => {
    await withCopying('cut', stack.listener('CUTTABLE'), async ({ copying, more, log }) => {
      events.length = 0
      for (const proxy of proxies) proxy.cut()
      // All partitions go on: the other instance has taken over those of the one that is cut off.
      const goOn = async () => {
        const before = await log.committed(copying.group, copying.inputs[0])
        return async () => {
          const now = await log.committed(copying.group, copying.inputs[0])
          const moved = [...now].filter(([partition, { offset }]) => offset > (before.get(partition)?.offset ?? 0) + 20)
          return moved.length === partitions ? true : undefined
        }
      }
      await until('progress of every partition', await goOn(), 2 * minutes)
      for (const proxy of proxies) proxy.restore()
      const isBack = () => events.filter(({ type }) => type === 'rebalance').length >= 3 || undefined
      await until('a rebalance that the first instance is part of', isBack, 2 * minutes)
      await more(500)
    })
  })
})
