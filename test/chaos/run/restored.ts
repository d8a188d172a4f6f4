import { setTimeout as sleep } from 'node:timers/promises'
import { topics } from '../../../schemas/catalogue.ts'
import { sealHeaders } from '../../../services/ingest/trust.ts'
import type { RawAlert } from '../source/alerts.ts'
import type { Acknowledged, Source } from '../source/source.ts'
import { entriesIn, type LiveState, liveState, misrestored } from './state.ts'
import type { World } from './world.ts'

/** The live entries of all changelogs before every service was killed, and after all have restored. */
export type Restored = {
  readonly before: LiveState
  readonly after: LiveState
  /** Tasks that restored something else, by what they say. */
  readonly misrestored: readonly string[]
  /** Alerts of the run that were sent once more to the tasks that had restored. */
  readonly sentAgain: number
}

type Restoring = Pick<World, 'fleet' | 'log' | 'prefix' | 'partitions' | 'say'> & {
  readonly source: Source
  readonly seal: string
  readonly readyWithinMs: number
  readonly signal: AbortSignal
}

const secondWave = 300
const metricsWithinMs = 30_000

/**
 * Whether the state after a restore is the state before it. With nothing left to do, every service is killed at once; each
 * task must then say that it restored as many entries as live in its changelog, and must not write any of them anew. Whether
 * they say the same as before is then asked of the tasks: alerts of the whole run are sent once more, and every one of them must
 * be known (the ledger's check that nothing is linked twice sees to it).
 */
export async function restoredAll(options: Restoring): Promise<Restored> {
  const { fleet, log, prefix, say, signal } = options
  const before = await liveState(log, prefix)
  say(`state: ${entriesIn(before)} entries; every service is killed, and restores`)
  await Promise.all(fleet.instances().map(each => each.kill()))
  await sleep(500)
  await fleet.ready(options.readyWithinMs, signal)
  const wrong = await settled(() => misrestored(fleet, before), signal)
  const after = await liveState(log, prefix)
  const acknowledged = await sendAgain(options)
  say(`state: ${acknowledged} alerts of the run are sent once more`)
  return { before, after, misrestored: wrong, sentAgain: acknowledged }
}

/** A member that joins late takes tasks from others, which restores them again: what counts is where that ends. */
async function settled(look: () => Promise<readonly string[]>, signal: AbortSignal): Promise<readonly string[]> {
  const until = Date.now() + metricsWithinMs
  for (;;) {
    const wrong = await look().catch(error => [String(error)])
    if (wrong.length === 0 || Date.now() > until || signal.aborted) return wrong
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
