import { entryHash, withEntry } from '../../../runtime/engine/state-digest.ts'
import type { Log } from '../../../runtime/log.ts'
import { states } from '../../../schemas/catalogue.ts'
import type { Digest, Told } from '../checks/digests.ts'
import { foldChangelog, type Snapshot } from '../checks/state.ts'
import type { Fleet } from '../services/fleet.ts'

/** The entries that live in the changelogs, by `<stage>/<partition>`. */
export type LiveState = ReadonlyMap<string, ReadonlyMap<string, Buffer>>

/** Under it the engine keeps task time: no entry of the stage. */
const clockKind = '$clock|'

/** What a restore must bring back, read from the changelogs without the engine. */
export async function liveState(log: Log, prefix: string): Promise<LiveState> {
  const written = new Map<string, { readonly key: Buffer | null; readonly value: Buffer | null }[]>()
  for (const { name } of Object.values(states)) {
    for await (const records of log.read(prefix + name, { from: 'beginning', until: 'end' })) {
      for (const { partition, key, value } of records) {
        if (key?.toString().startsWith(clockKind)) continue
        const where = `${name.replace(/\.state$/, '')}/${partition}`
        const known = written.get(where)
        if (known === undefined) written.set(where, [{ key, value }])
        else known.push({ key, value })
      }
    }
  }
  return new Map([...written].map(([where, records]) => [where, foldChangelog(records)]))
}

export function entriesIn(state: ReadonlyMap<string, Snapshot>): number {
  return [...state.values()].reduce((sum, entries) => sum + entries.size, 0)
}

/** The digest that a task with these entries must tell. */
export function digestsOf(state: LiveState): ReadonlyMap<string, Digest> {
  return new Map(
    [...state].map(([where, entries]) => [
      where,
      {
        entries: entries.size,
        digest: [...entries].reduce((sum, [key, value]) => withEntry(sum, entryHash(Buffer.from(key), value)), 0),
      },
    ]),
  )
}

/** What every task says that it remembers, asked of every process. */
export async function toldBy(fleet: Fleet): Promise<Told> {
  const told = new Map<string, Digest[]>()
  for (const { health } of fleet.instances()) {
    const text = await fetch(`${health}/metrics`).then(answer => answer.text())
    const entries = valuesIn(text, 'vigia_state_entries')
    for (const [where, digest] of valuesIn(text, 'vigia_state_digest')) {
      told.set(where, [...(told.get(where) ?? []), { entries: entries.get(where) ?? 0, digest }])
    }
  }
  return told
}

/** A gauge by `<stage>/<partition>`. */
function valuesIn(text: string, name: string): ReadonlyMap<string, number> {
  return new Map(
    [...text.matchAll(new RegExp(`^${name}\\{(.*?)\\} (\\d+)$`, 'gm'))].map(([, labels = '', value]) => [
      `${labelIn(labels, 'stage')}/${labelIn(labels, 'partition')}`,
      Number(value),
    ]),
  )
}

function labelIn(labels: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
}
