import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../runtime/log.ts'
import { topics } from '../../../schemas/catalogue.ts'
import { sealHeaders } from '../../../services/ingest/trust.ts'
import { checkDigests, type Told } from '../checks/digests.ts'
import type { Fleet } from '../services/fleet.ts'
import type { RawAlert } from '../source/alerts.ts'
import type { Acknowledged, Source } from '../source/source.ts'
import { digestsOf, entriesIn, type LiveState, liveState, toldBy } from './state.ts'
import type { World } from './world.ts'

/** What the tasks remember, and what their changelogs hold, before every service was killed, and after all have restored. */
export type Restored = {
  readonly before: Remembering
  readonly after: Remembering
  /** Alerts of the run that were sent once more to the tasks that had restored. */
  readonly sentAgain: number
}

export type Remembering = { readonly told: Told; readonly changelogs: LiveState }

type Restoring = Pick<World, 'fleet' | 'log' | 'prefix' | 'partitions' | 'say'> & {
  readonly source: Source
  readonly seal: string
  readonly readyWithinMs: number
  readonly signal: AbortSignal
}

const secondWave = 300
const settledWithinMs = 30_000

/**
 * Whether the state after a restore is the state before it. With nothing left to do, every task says what it remembers, as a digest
 * of what it holds in memory; every service is killed at once; and each task must then say the same, which must be what its changelog
 * comes to, and must not write any of it anew. Whether they act by it is then asked of the tasks: alerts of the whole run are
 * sent once more, and every one of them must be known (the check that nothing is linked twice sees to it).
 */
export async function restoredAll(options: Restoring): Promise<Restored> {
  const { fleet, log, prefix, say, signal } = options
  const before = await settled(() => remembering(fleet, log, prefix), signal)
  say(`state: ${entriesIn(before.changelogs)} entries; every service is killed, and restores`)
  await Promise.all(fleet.instances().map(each => each.kill()))
  await sleep(500)
  await fleet.ready(options.readyWithinMs, signal)
  const after = await settled(() => remembering(fleet, log, prefix), signal)
  const acknowledged = await sendAgain(options)
  say(`state: ${acknowledged} alerts of the run are sent once more`)
  return { before, after, sentAgain: acknowledged }
}

async function remembering(fleet: Fleet, log: Log, prefix: string): Promise<Remembering> {
  return { told: await toldBy(fleet), changelogs: await liveState(log, prefix) }
}

/** A member that joins late takes tasks from others, which nobody holds meanwhile: what counts is where that ends. */
async function settled(look: () => Promise<Remembering>, signal: AbortSignal): Promise<Remembering> {
  const until = Date.now() + settledWithinMs
  for (;;) {
    const found = await look().catch(error => {
      if (Date.now() > until) throw error
      return undefined
    })
    if (found !== undefined) {
      const { held } = checkDigests(found.told, found.told, digestsOf(found.changelogs))
      if (held || Date.now() > until || signal.aborted) return found
    }
    await sleep(500)
  }
}

async function sendAgain({ log, prefix, partitions, source, seal }: Restoring): Promise<number> {
  const known = source.acknowledged as Acknowledged[]
  const step = Math.max(1, Math.ceil(known.length / secondWave))
  const again = known.filter((_, index) => index % step === 0).map(each => each.alert)
  const records = again.map((alert: RawAlert, index) => {
    const value = Buffer.from(alert.body)
    const headers = sealHeaders({ tenant: alert.tenant, source: null, origin: 'accepted', refused: null }, value, seal)
    return { topic: prefix + topics.alertsRaw.name, partition: index % partitions, key: null, value, headers }
  })
  const places = await log.append(records)
  for (const [index, place] of places.entries()) {
    const alert = again[index]
    if (alert !== undefined) known.push({ ...place, alert })
  }
  return places.length
}
