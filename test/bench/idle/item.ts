import { setTimeout as pause } from 'node:timers/promises'
import { kafkaChain } from '../../../cli/up/kafka-chain.ts'
import type { Item } from '../measure/item.ts'
import { figuresOf, loadBetween, usageOf } from '../service/usage.ts'

const partitions = 12

export const item: Item = {
  name: 'idle',
  what: `each service with ${partitions} partitions of every topic and nothing to do: CPU of one core and resident memory; cpuPercent and memoryMb are of the service with the most`,
  limitSeconds: 180,
  async run({ brokers, registry, prefix, quick }) {
    const chain = await kafkaChain(
      { env: {}, progress: () => undefined, partitions },
      {
        ...process.env,
        VIGIA_KAFKA_BROKERS: brokers.join(','),
        VIGIA_REGISTRY_URL: registry,
        VIGIA_PREFIX: prefix,
      },
    )
    try {
      // Starting is not idling: connections, coordinators and compiled code settle first.
      await pause(quick ? 3_000 : 10_000)
      const before = await usageOf(chain.metrics)
      await pause(quick ? 10_000 : 30_000)
      const loads = loadBetween(before, await usageOf(chain.metrics))
      const most = [...loads.values()]
      return {
        cpuPercent: Math.max(...most.map(each => each.cpuPercent)),
        memoryMb: Math.max(...most.map(each => each.memoryMb)),
        ...figuresOf(loads),
      }
    } finally {
      await chain.stop()
    }
  },
}
