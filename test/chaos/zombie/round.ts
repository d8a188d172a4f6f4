import { setTimeout as sleep } from 'node:timers/promises'
import type { Pair } from './pair.ts'
import type { Shape } from './shape.ts'

export type Played = {
  /** Transactions of the zombie that were refused. */
  readonly refused: number
  readonly findings: readonly string[]
  /** Why the window was not reached; absent where it was. */
  readonly why?: string
}

/** How long a zombie that is stopped again has run. */
const MOMENT_MS = 80

/** One window, forced. Rejects where it was not reached: then nothing is known of the workers. */
export async function playRound(workers: Pair, shape: Shape, append: () => Promise<unknown>): Promise<Played> {
  const { partition, at, restored, wake, deaf } = shape
  const { owner: zombie, other: heir } = await workers.settled(partition)
  const reign = zombie.open.get(partition) ?? 0
  const [zombieTold, heirTold] = [zombie.told.length, heir.told.length]
  const ofZombie = () => zombie.told.slice(zombieTold)
  const ofHeir = () => heir.told.slice(heirTold)

  zombie.send({ order: 'hold', partition, at, deaf })
  heir.send({ order: 'hold-open', partition, restored })
  await append()
  await workers.when('the owner holds its transaction', () => ofZombie().find(({ report }) => report === 'held'))
  if (ofHeir().some(({ report }) => report === 'in-window')) throw new Error('the task moved before its owner stopped')
  zombie.stop()
  await workers.when('the new owner is in the window', () => ofHeir().find(({ report }) => report === 'in-window'))

  // What it told before it was held is of a transaction before: its answer may come later than what it wrote is read.
  const sinceHeld = () => ofZombie().slice(ofZombie().findIndex(({ report }) => report === 'held'))
  const outcome = () =>
    sinceHeld().find(
      one =>
        (one.report === 'committed' || one.report === 'refused') && one.partition === partition && one.reign === reign,
    )
  const goOn = () => {
    zombie.send({ order: 'release', what: 'transaction' })
    zombie.goOn()
  }
  const release = () => heir.send({ order: 'release', what: 'open' })
  const hasCommitted = () => ofHeir().find(one => one.report === 'committed' && one.partition === partition)

  if (wake === 'in-window') {
    goOn()
    await workers.when('the zombie has tried', outcome)
    release()
  }
  if (wake === 'twice') {
    goOn()
    await sleep(MOMENT_MS)
    zombie.stop()
    release()
    await workers.when('the new owner has committed', hasCommitted)
    zombie.goOn()
  }
  if (wake === 'together') {
    goOn()
    release()
  }
  if (wake === 'after') {
    release()
    await workers.when('the new owner has committed', hasCommitted)
    goOn()
  }
  if (deaf) {
    await workers.when('the new owner has committed', hasCommitted)
    zombie.send({ order: 'release', what: 'group' })
  }
  const tried = await workers.when('the zombie has tried', outcome)
  if (tried.report === 'refused') return { refused: 1, findings: [] }
  return { refused: 0, findings: [`a zombie of partition ${partition}, stopped when ${at}, has committed`] }
}
