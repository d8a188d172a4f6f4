import { freePorts } from '../../../infra/local/port.ts'
import { type LocalStack, startLocalStack } from '../../../infra/local/stack.ts'
import { type BrokerProxy, startProxy } from '../proxy/proxy.ts'

/** Brokers and a registry of this run's own: it kills them. */
export type Cluster = {
  readonly stack: LocalStack
  /** Around every proxy. */
  readonly brokers: string
  /** The ways to the brokers that can be cut, each through proxies of its own. */
  readonly ways: readonly Way[]
  /** In front of the registry. */
  readonly registry: BrokerProxy
  readonly registryUrl: string
  stop(): Promise<void>
}

/** A way to all brokers, one proxy to each. */
export type Way = {
  readonly name: string
  /** What a client is configured with. */
  readonly brokers: string
  readonly proxies: readonly BrokerProxy[]
  /** Whole again: nothing cut, frozen or delayed. */
  mend(): void
}

export type ClusterOptions = {
  readonly nodes: number
  readonly ways: readonly string[]
  readonly folder: string
  readonly log: (line: string) => void
}

/** Whatever a service connected through is what the broker advertises to it: each way has a listener of its own. */
export async function startCluster({ nodes, ways: names, folder, log }: ClusterOptions): Promise<Cluster> {
  const ports = await freePorts(nodes * names.length)
  const portOf = (way: number, node: number) => ports[way * nodes + node - 1] ?? 0
  const stack = await startLocalStack({
    dir: folder,
    nodes,
    log,
    listeners: names.map((name, way) => ({ name, protocol: 'PLAINTEXT', advertisedPort: node => portOf(way, node) })),
    serverProperties: {
      // Leaders that moved away from a node come back to it soon after it is up: two moves for each fault.
      'leader.imbalance.check.interval.seconds': '5',
      'leader.imbalance.per.broker.percentage': '0',
      // The machine is small, and a listener has threads of its own.
      'num.network.threads': '1',
    },
  })
  const proxies: BrokerProxy[] = []
  try {
    const ways: Way[] = []
    for (const [way, name] of names.entries()) {
      const own: BrokerProxy[] = []
      for (const node of stack.nodes) {
        const target = { host: '127.0.0.1', port: stack.port(node, name) }
        own.push(await startProxy({ listen: portOf(way, node), target }))
      }
      proxies.push(...own)
      ways.push({ name, brokers: stack.listener(name), proxies: own, mend: () => mend(own) })
    }
    const url = new URL(stack.registry)
    const registry = await startProxy({ target: { host: url.hostname, port: Number(url.port) } })
    proxies.push(registry)
    url.port = String(registry.port)
    return {
      ...{ stack, brokers: stack.brokers, ways, registry, registryUrl: url.href },
      async stop() {
        await Promise.all(proxies.map(proxy => proxy.close()))
        await stack.stop()
      },
    }
  } catch (error) {
    await Promise.all(proxies.map(proxy => proxy.close()))
    await stack.stop()
    throw error
  }
}

function mend(proxies: readonly BrokerProxy[]): void {
  for (const proxy of proxies) {
    proxy.restore()
    proxy.thaw()
    proxy.delay(0)
  }
}
