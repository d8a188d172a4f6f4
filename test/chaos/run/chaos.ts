import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startKeeper } from '../../../infra/local/keep.ts'
import { type Codec, codecFor } from '../../../runtime/codec.ts'
import { confluentRegistry } from '../../../runtime/kafka/confluent-registry.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import type { Log } from '../../../runtime/log.ts'
import { topicSpecs } from '../../../runtime/topic-specs.ts'
import { allTopics, topics } from '../../../schemas/catalogue.ts'
import type { Configured } from '../checks/effects.ts'
import { allFaults } from '../faults/all.ts'
import { poisonAll } from '../faults/poison.ts'
import { type Fleet, startFleet } from '../services/fleet.ts'
import type { OwnExit } from '../services/process.ts'
import { type Receiver, startReceiver } from '../services/receiver.ts'
import { serviceSettings } from '../services/settings.ts'
import { alertStream } from '../source/alerts.ts'
import { type People, startPeople } from '../source/people.ts'
import { type Source, startSource } from '../source/source.ts'
import { patiently } from '../zombie/collect.ts'
import { runZombieRounds, type ZombieResult } from '../zombie/rounds.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { drained } from './drain.ts'
import { type ChaosOptions, zombieLane } from './options.ts'
import { type Restored, restoredAll } from './restored.ts'
import { runSchedule } from './schedule.ts'
import { startWatch, type Watch } from './watch.ts'
import type { Poisoned, Tally, World } from './world.ts'

/** What a run leaves to be checked, while its brokers are up. */
export type Aftermath = {
  readonly log: Log
  readonly codec: Codec
  readonly prefix: string
  readonly partitions: number
  readonly cluster: Cluster
  readonly source: Source
  readonly people: People
  readonly receiver: Receiver
  readonly configured: Configured
  readonly watch: Watch
  readonly tally: Tally
  readonly poisoned: readonly Poisoned[]
  readonly ownExits: readonly OwnExit[]
  /** What did not come to its end within the bound. */
  readonly pending: readonly string[]
  /** Undefined where something was pending: then there is no state to compare. */
  readonly restored: Restored | undefined
  /** What came of the lane of forced zombies, where there was one. */
  readonly zombies: ZombieResult | undefined
}

export type Chaos = { readonly aftermath: Aftermath; readonly folder: string; clean(keep: boolean): Promise<void> }

const prefix = 'chaos.'
const partitions = 3
const wayNames = ['WAY1', 'WAY2', 'WAY3']
/** More than this many undecided records are held back from: the machine, and not a fault, is the limit then. */
const safetyWindow = 20_000
const readyWithinMs = 240_000
const sayEveryMs = 5000
const drainBoundMs = 180_000

/** Starts everything, lets it go wrong for as long as asked, and waits until nothing is pending. */
export async function runChaos(
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Chaos> {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-chaos-'))
  const endings: (() => Promise<unknown>)[] = []
  const clean = async (keep: boolean) => {
    for (const end of endings.toReversed()) await end().catch(error => say(`ending: ${String(error)}`))
    endings.length = 0
    if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await mkdir(join(folder, 'services'))
    const cluster = await startCluster({
      nodes: options.brokers,
      ways: wayNames,
      folder: join(folder, 'stack'),
      log: say,
    })
    endings.push(() => cluster.stop())
    const log = kafkaLog({ brokers: cluster.brokers.split(','), clientId: 'chaos' })
    endings.push(() => log.close())
    const replicas = options.brokers
    const specs = topicSpecs(allTopics, { prefix, partitions, replicas })
    // Brokers that have just started may not know yet what they have just created.
    await patiently(Date.now() + readyWithinMs, () => log.createTopics(specs))
    const registry = confluentRegistry(cluster.stack.registry, 'chaos')
    const codec = await codecFor({ registry, topics: allTopics, prefix, clock: Date.now, schemas: 'register' })
    const poisoned: Poisoned[] = []

    const receiver = await startReceiver(options.seed)
    endings.push(() => receiver.close())
    const settings = await serviceSettings(join(folder, 'services'), receiver.url)
    const keeper = startKeeper('')
    endings.push(() => keeper.close())
    const ownExits: OwnExit[] = []
    const fleet = await startFleet({
      ...{ keeper, prefix, settings, folder: join(folder, 'services'), brokers: cluster.brokers, ways: cluster.ways },
      registry: cluster.registryUrl,
      onOwnExit(exit) {
        ownExits.push(exit)
        say(`${exit.name} ended by itself (${exit.why}): ${exit.said.slice(0, 300)}`)
      },
    })
    endings.push(() => fleet.stop())
    await fleet.ready(readyWithinMs, signal)
    say(`${fleet.instances().length} services are ready, on ${options.brokers} broker(s)`)
    // The first record of every partition. A new group would rightly refuse to begin behind outputs that it has not written.
    if (options.faults.includes('poison')) await poisonAll({ log, prefix, partitions, poisoned })

    const watch = startWatch(log, prefix)
    endings.push(() => watch.stop())
    const next = alertStream(options.seed)
    const topic = prefix + topics.alertsRaw.name
    const { perSecond } = options
    const source = startSource({
      ...{ log, topic, partitions, next, perSecond, seal: settings.seal, window: safetyWindow, say },
      undecided: watch.undecided,
    })
    endings.push(() => source.finish(1))
    say(`source: ${perSecond} alerts/s, whatever the pipeline does, held at ${safetyWindow} undecided alone`)
    const people = startPeople({ log, codec, prefix, api: fleet.api, keys: settings.keys })
    endings.push(() => people.stop())
    const tally: Tally = { kills: new Map(), zombies: 0, faults: new Map() }
    const status = () => {
      const kills = [...tally.kills.values()].reduce((sum, each) => sum + each, 0)
      const behind = watch.sees() ? `${watch.behind()} behind` : 'the brokers do not answer'
      const sent = `${source.acknowledged.length} of ${source.due()} alerts acknowledged`
      say(`-- ${sent}, ${behind}, ${people.accepted.length} commands, ${kills} kills, ${tally.zombies} zombies`)
    }
    const saying = setInterval(status, sayEveryMs)
    endings.push(async () => clearInterval(saying))

    const world: World = { cluster, fleet, log, prefix, partitions, tally, poisoned, say }
    const faultsEnd = new AbortController()
    const zombies = options.faults.includes(zombieLane)
      ? runZombieRounds({
          ...{ brokers: cluster.brokers.split(','), seed: options.seed, replicas },
          signal: AbortSignal.any([faultsEnd.signal, signal]),
          onRound({ outcome, round, why }) {
            if (outcome === 'zombie') tally.zombies += 1
            else say(`zombie: round ${round} missed its window: ${why ?? ''}`)
          },
        })
      : undefined
    // It is waited for below; until then it may fail without being heard.
    zombies?.catch(() => {})
    const faults = allFaults.filter(each => options.faults.includes(each.name))
    await runSchedule(world, { faults, seed: options.seed, ms: options.minutes * 60_000, signal })
    faultsEnd.abort()
    clearInterval(saying)
    status()
    signal.throwIfAborted()

    await mendAll(world)
    await source.finish(60_000)
    const zombieResult = await zombies
    const bound = { log, prefix, withinMs: drainBoundMs, say, signal }
    say(`the faults are over; draining takes at most ${drainBoundMs / 1000} s`)
    let pending = await drained(bound)
    if (pending.length === 0) {
      await people.finish()
      pending = await drained(bound)
    }
    let restored: Restored | undefined
    if (pending.length === 0) {
      restored = await restoredAll({ ...world, source, seal: settings.seal, readyWithinMs, signal })
      pending = await drained(bound)
    }
    await watch.stop()
    const aftermath = {
      ...{
        log,
        codec,
        prefix,
        partitions,
        cluster,
        source,
        people,
        receiver,
        configured: settings.configured,
        watch,
        tally,
        poisoned,
        ownExits,
        pending,
        restored,
      },
      zombies: zombieResult,
    }
    return { aftermath, folder, clean }
  } catch (error) {
    await clean(true)
    say(`the logs are kept in ${folder}`)
    throw error
  }
}

/** Everything that a fault may have left: they mend what they did, but for what the end of the run cut short. */
async function mendAll({ cluster, fleet }: { readonly cluster: Cluster; readonly fleet: Fleet }): Promise<void> {
  for (const way of cluster.ways) way.mend()
  cluster.registry.restore()
  for (const each of fleet.instances()) each.thaw()
  await Promise.all(cluster.stack.nodes.map(node => cluster.stack.start(node)))
}
