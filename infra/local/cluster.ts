import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { VigiaError } from '../../core/errors.ts'
import {
  type Broker,
  brokerArguments,
  brokerLog,
  clusterOf,
  formatArguments,
  newClusterId,
  startsTold,
  writeProperties,
} from './broker.ts'
import type { Keeper, Kept } from './keep.ts'
import { type Launch, launch, ready, runToEnd } from './launch.ts'
import { accepts } from './port.ts'

/** The brokers of one stack, each of which can be ended and started by itself. */
export type Cluster = {
  /** Undefined while the node is down. */
  pid(node: number): number | undefined
  /** Resolves when the node's process is gone; at once where it is down already. */
  kill(node: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Resolves when the node accepts clients and has said that it started; at once where it is up already. */
  start(node: number): Promise<void>
}

/** Formats what is new, with `more` arguments, and starts all brokers together: a quorum needs most of them. */
export async function startCluster(
  keeper: Keeper,
  brokers: readonly Broker[],
  more: readonly string[],
): Promise<Cluster> {
  const lives = new Map<number, Life>()

  function start(broker: Broker): Promise<void> {
    const life = lives.get(broker.node)
    if (life !== undefined) return life.up
    const begun = begin(keeper, broker, nameOf(broker, brokers))
    lives.set(broker.node, begun)
    const over = () => {
      if (lives.get(broker.node) === begun) lives.delete(broker.node)
    }
    begun.process
      .then(({ pid, ended }) => {
        begun.pid = pid
        return ended
      })
      .then(over, over)
    return begun.up
  }

  await format(keeper, brokers, more)
  await Promise.all(brokers.map(start))
  return {
    pid: node => lives.get(brokerOf(brokers, node).node)?.pid,
    async kill(node, signal) {
      const running = await lives.get(brokerOf(brokers, node).node)?.process.catch(() => undefined)
      await running?.kill(signal)
    },
    start: async node => start(brokerOf(brokers, node)),
  }
}

/** From a start to the end of the process that it started. */
type Life = { readonly process: Promise<Kept>; readonly up: Promise<void>; pid: number | undefined }

function begin(keeper: Keeper, broker: Broker, name: string): Life {
  const what = launchOf(broker, name, brokerArguments(broker))
  const before = startsTold(broker.folder)
  const process = writeProperties(broker).then(async () => {
    await before
    return launch(keeper, what)
  })
  const isUp = async () => (await startsTold(broker.folder)) > (await before) && accepts(broker.port)
  return { process, up: process.then(running => ready(what, running, isUp)), pid: undefined }
}

/** The broker of a node, or VIG_CONFIG_INVALID with the nodes that there are. */
export function brokerOf(brokers: readonly Broker[], node: number): Broker {
  const broker = brokers[node - 1]
  if (broker === undefined)
    throw new VigiaError('VIG_CONFIG_INVALID', `there is no node ${node}: nodes are 1 to ${brokers.length}`)
  return broker
}

async function format(keeper: Keeper, brokers: readonly Broker[], more: readonly string[]): Promise<void> {
  const clusters = await Promise.all(brokers.map(broker => clusterOf(broker.folder)))
  const cluster = clusters.find(id => id !== undefined) ?? newClusterId()
  const fresh = brokers.filter((_, index) => clusters[index] === undefined)
  await Promise.all(
    fresh.map(async broker => {
      await mkdir(join(broker.folder, 'tmp'), { recursive: true })
      await writeProperties(broker)
      const name = `formatting the folder of ${nameOf(broker, brokers)}`
      await runToEnd(keeper, launchOf(broker, name, formatArguments(broker, cluster, more)))
    }),
  )
}

const nameOf = ({ node }: Broker, { length }: readonly Broker[]): string => (length === 1 ? 'Kafka' : `Kafka ${node}`)

const launchOf = ({ java, folder }: Broker, name: string, args: readonly string[]): Launch => ({
  name,
  command: java,
  args,
  log: brokerLog(folder),
  cwd: folder,
})
