import { readAll } from '../../../cli/ledger/read-ledger.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { endOf, livesOf } from '../../integration/action-lives.ts'
import { checkHistory } from '../checks/check-history.ts'
import { checkDigests } from '../checks/digests.ts'
import { checkEffects } from '../checks/effects.ts'
import { checkFloors } from '../checks/floors.ts'
import type { History } from '../checks/history.ts'
import { readHistory } from '../checks/read-history.ts'
import { findings, type Result } from '../checks/result.ts'
import { checkStalls } from '../checks/stalls.ts'
import { checkState } from '../checks/state.ts'
import type { ZombieResult } from '../zombie/rounds.ts'
import type { Aftermath } from './chaos.ts'
import { countedTwice } from './counted-twice.ts'
import { floorsOf } from './floors.ts'
import { readers } from './lag.ts'
import { type ChaosOptions, isShort } from './options.ts'
import type { Restored } from './restored.ts'
import { digestsOf } from './state.ts'

/** A single broker that is killed is away for some ten seconds, and whoever works may be killed as soon as it is back. */
const stallBoundMs = 90_000
/** The stages whose ticks and pages are causes. */
const ofOutside = ['responder.decide', 'misp-sync.pull']

/** Every promise, by what is in the topics and by what the harness itself knows of what it did. */
export async function invariantsOf(
  after: Aftermath,
  options: ChaosOptions,
  say: (line: string) => void,
): Promise<readonly Result[]> {
  const { log, codec, prefix, partitions, source, cluster } = after
  const sent = source.acknowledged.map(({ partition, offset, alert }) => ({
    ...{ partition, offset },
    parts: alert.parts.length,
  }))
  const history = await readHistory({ log, codec, prefix, sent, stages: ofOutside, partitions })
  const { raw, events, others } = history
  const places = [...raw.map(each => ({ topic: topics.alertsRaw.name, ...each })), ...events, ...others]
  return [
    checkFloors(floorsOf(options, after, history)),
    ...checkHistory(history),
    ...checkEffects(history, after.configured),
    await countedTwice(log, cluster.brokers, prefix, { isShort: isShort(options), say }),
    await linkedOnce(after),
    pendingNone(after),
    checkStalls(after.watch.samples, stallBoundMs, places),
    ...(after.restored === undefined ? [] : restoredWell(after.restored)),
    poisonEnds(after, history),
    await actionsOnce(after),
    commandsAnswered(after, history),
    ...(after.zombies === undefined ? [] : [zombiesRefused(after.zombies)]),
  ]
}

/** By what was sent, and not by what the pipeline says of itself: whatever differs is linked once, its repeats never. */
async function linkedOnce({ log, codec, prefix, source, restored }: Aftermath): Promise<Result> {
  const found = findings()
  const linked = new Set<string>()
  for (const { value } of await readAll(log, codec, prefix, topics.caseEvents)) {
    if (value.kind === 'alert-linked') linked.add(value.alertLinked.alertId)
  }
  const times = new Map<string, number>()
  for (const { value } of await readAll(log, codec, prefix, topics.alerts)) {
    if (value.kind !== 'alert') continue
    const name = `${value.tenant}/${value.alert.sourceRef}`
    times.set(name, (times.get(name) ?? 0) + (linked.has(value.id) ? 1 : 0))
  }
  const names = source.acknowledged.flatMap(({ alert }) => alert.parts.filter(part => part !== null))
  const distinct = new Set(names)
  for (const name of distinct) if (!times.has(name)) found.add(`${name} was acknowledged, and is no alert`)
  for (const [name, count] of times) if (count !== 1) found.add(`${name} is linked ${count} times`)
  return found.result('equal alerts are linked once, by what was sent', {
    ...{ different: distinct.size, repeats: names.length - distinct.size },
    ...{ afterRestore: restored?.sentAgain ?? 0 },
  })
}

function pendingNone({ pending }: Aftermath): Result {
  const found = findings()
  for (const each of pending) found.add(each)
  return found.result('nothing is pending after the drain', {})
}

function restoredWell({ before, after }: Restored): readonly Result[] {
  return [
    checkDigests(before.told, after.told, digestsOf(before.changelogs)),
    checkState(before.changelogs, after.changelogs),
  ]
}

function poisonEnds({ poisoned }: Aftermath, { events }: History): Result {
  const found = findings()
  const dead = new Map<string, number>()
  for (const { dead: origin } of events) {
    if (origin === undefined) continue
    const where = `${origin.topic}/${origin.partition}/${origin.offset}`
    dead.set(where, (dead.get(where) ?? 0) + 1)
  }
  let expected = 0
  for (const { topic, partition, offset } of poisoned) {
    const stages = Object.entries(readers).filter(([, inputs]) => inputs.includes(topic)).length
    const count = dead.get(`${topic}/${partition}/${offset}`) ?? 0
    expected += stages
    if (count !== stages) found.add(`${topic}/${partition}/${offset} has ${count} dead letters, not ${stages}`)
  }
  return found.result('each poison record is a dead letter of each of its readers', {
    ...{ poison: poisoned.length, deadLetters: expected },
  })
}

/** Outside of Kafka: an action that is done was called once, one that is unknown at most once, any other never. */
async function actionsOnce({ log, codec, prefix, receiver }: Aftermath): Promise<Result> {
  const found = findings()
  const lives = livesOf((await readAll(log, codec, prefix, topics.responses)).map(each => each.value))
  const calls = receiver.counts()
  const ends: Record<string, number> = {}
  for (const life of lives) {
    const { actionId } = life.action
    const [end, times] = [endOf(life), calls.get(actionId) ?? 0]
    const isOver = !end.startsWith('under way') && !end.startsWith('ended as')
    if (!isOver) found.add(`${actionId} is ${end}`)
    else ends[end] = (ends[end] ?? 0) + 1
    const [least, most] = end === 'done' ? [1, 1] : end === 'unknown' || end === 'failed' ? [0, 1] : [0, 0]
    if (isOver && (times < least || times > most)) found.add(`${actionId} is ${end}, and was called ${times} times`)
  }
  const known = new Set(lives.map(life => life.action.actionId))
  for (const id of calls.keys()) if (!known.has(id)) found.add(`${id} was called, and is no action`)
  return found.result('no action is called twice', { actions: lives.length, ...ends })
}

function commandsAnswered({ people }: Aftermath, { events }: History): Result {
  const found = findings()
  for (const topic of [topics.caseEvents.name, topics.responses.name]) {
    const causes = new Set(events.filter(event => event.topic === topic).map(event => event.causeId))
    for (const id of people.accepted) if (!causes.has(id)) found.add(`command ${id} has no answer in ${topic}`)
  }
  return found.result('each command that was accepted is answered', { commands: people.accepted.length })
}

function zombiesRefused(zombies: ZombieResult): Result {
  const found = findings()
  for (const each of zombies.findings) found.add(each)
  const { rounds, missed, inputs, outputs, lost, doubled, fencedSeen } = zombies
  return found.result('no forced zombie commits, in a task of three inputs', {
    ...{ rounds, missed, inputs, outputs, lost, doubled, refused: fencedSeen },
  })
}
