import { randomUUID } from 'node:crypto'
import { messageOf } from '../../../core/errors.ts'
import { kafkaLog } from '../../../runtime/kafka/kafka-log.ts'
import { seededRandom } from '../../../runtime/memory/random.ts'
import { collect, patiently } from './collect.ts'
import type { WorkerSpec } from './messages.ts'
import { pair } from './pair.ts'
import { playRound } from './round.ts'
import { type Shape, shapeOf } from './shape.ts'
import { type Tally, tally } from './tally.ts'

export type ZombieOptions = {
  readonly brokers: readonly string[]
  readonly seed: number
  /** 5 by default. With a signal alone: rounds until it aborts. */
  readonly rounds?: number
  /** No further round is begun; the one in hand ends, and everything is counted. */
  readonly signal?: AbortSignal
  readonly onRound?: (round: ZombieRound) => void
  /** Replicas of the topics; the brokers' default otherwise. */
  readonly replicas?: number
  /** 2,000 ms by default. */
  readonly sessionTimeoutMs?: number
  /** For the negative controls: another worker, what is wrong with it, and one shape for every round. */
  readonly control?: { readonly main: string; readonly fault: string; readonly shape: Partial<Shape> }
}

export type ZombieRound = {
  readonly round: number
  /** `zombie`: the window was reached; `missed`: something else came between, and nothing was proven but the count. */
  readonly outcome: 'zombie' | 'missed'
  readonly shape: Shape
  readonly ms: number
  readonly why?: string
}

export type ZombieResult = {
  /** Rounds in which the zombie was stopped in its transaction and the new owner stood between its fence and its first commit. */
  readonly rounds: number
  readonly missed: number
  readonly inputs: number
  readonly outputs: number
  readonly lost: number
  readonly doubled: number
  /** Transactions of zombies that were refused. */
  readonly fencedSeen: number
  /** Each is a breach of the promise. */
  readonly findings: readonly string[]
}

const INPUTS = 3
const PARTITIONS = 2
/** For all that is outstanding to be copied; the brokers may be killed meanwhile. */
const PATIENCE_MS = 90_000

/**
 * Forces the window again and again: an owner is stopped (SIGSTOP) in the middle of a transaction, the group gives its task of three inputs
 * away, the new owner is held between its fence and its first commit, and the old one goes on and tries to commit.
 */
export async function runZombieRounds(options: ZombieOptions): Promise<ZombieResult> {
  const { brokers, seed, signal, onRound, replicas, control } = options
  const limit = options.rounds ?? (signal ? Number.POSITIVE_INFINITY : 5)
  const random = seededRandom(seed)
  const name = `zombie.${randomUUID().slice(0, 8)}`
  const log = kafkaLog({ brokers, clientId: `${name}.runner` })
  const inputs = Array.from({ length: INPUTS }, (_, index) => `${name}.in-${index}`)
  const [output, changelog] = [`${name}.out`, `${name}.state`]
  const topics = [...inputs, output, changelog].map(topic => ({
    name: topic,
    partitions: PARTITIONS,
    ...(replicas === undefined ? {} : { replicas }),
    config: { 'message.timestamp.type': 'LogAppendTime' },
  }))
  const spec: Omit<WorkerSpec, 'clientId'> = {
    ...{ brokers, group: `${name}.group`, inputs, output, changelog, partitions: PARTITIONS },
    sessionTimeoutMs: options.sessionTimeoutMs ?? 2_000,
    ...(control ? { fault: control.fault } : {}),
  }
  const read = {
    inputs: inputs.map(topic => collect(log, topic)),
    output: collect(log, output),
    state: collect(log, changelog),
  }
  const workers = pair(spec, control?.main)
  const findings: string[] = []
  let [rounds, missed, fencedSeen] = [0, 0, 0]

  const count = async (deadline: number): Promise<Tally> => {
    await patiently(deadline, () => Promise.all([...read.inputs, read.output, read.state].map(one => one.refresh())))
    return tally(
      read.inputs.flatMap(({ records }) => records),
      read.output.records,
      read.state.records,
    )
  }
  /** Waits until every record of the inputs has a copy. */
  const settled = async (): Promise<Tally> => {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const counted = await count(deadline)
      // Again where something is wrong: the topics were read one beside the other, while the last transaction was committed.
      if (counted.lost === 0) return counted.findings.length === 0 ? counted : count(deadline)
      if (Date.now() > deadline) return counted
      await workers.someNews(100)
    }
  }
  const append = (records: number): Promise<unknown> => {
    const deadline = Date.now() + PATIENCE_MS
    const many = inputs.flatMap(topic =>
      Array.from({ length: records * PARTITIONS }, (_, index) => ({
        ...{ topic, partition: index % PARTITIONS, key: null },
        value: Buffer.from(`${topic} ${index}`),
      })),
    )
    // An append that fails may have been written all the same: what counts is what the inputs hold.
    return patiently(deadline, () => log.append(many))
  }

  try {
    await patiently(Date.now() + PATIENCE_MS, () => log.createTopics(topics))
    await workers.restart()
    for (let round = 1; round <= limit && !signal?.aborted; round++) {
      const shape = { ...shapeOf(round, random, PARTITIONS), ...control?.shape }
      const began = Date.now()
      const played = await playRound(workers, shape, () => append(shape.records)).catch(error => ({
        why: messageOf(error),
        refused: 0,
        findings: [],
      }))
      if (played.why === undefined) rounds++
      else {
        missed++
        await workers.restart()
      }
      fencedSeen += played.refused
      findings.push(...played.findings.map(finding => `round ${round}: ${finding}`))
      const counted = await settled()
      findings.push(...workers.wrongs(counted.states).map(finding => `round ${round}: ${finding}`))
      onRound?.({
        ...{ round, shape, ms: Date.now() - began },
        ...(played.why === undefined
          ? { outcome: 'zombie' as const }
          : { outcome: 'missed' as const, why: played.why }),
      })
      // What is broken stays broken: the count at the end tells it once.
      if (counted.findings.length > 0 && !control) break
    }
    const end = await settled()
    findings.push(...end.findings)
    const { states: _states, ...counted } = end
    return { ...counted, rounds, missed, fencedSeen, findings }
  } finally {
    await workers.kill()
    await log.close()
  }
}
