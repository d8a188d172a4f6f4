import { createHash } from 'node:crypto'
import type { Log } from '../../../runtime/log.ts'
import { states } from '../../../schemas/catalogue.ts'
import type { Fleet } from '../services/fleet.ts'

/** The entries that live in the changelogs, by `<stage>/<partition>`: a digest of the value by its key. */
export type LiveState = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Under it the engine keeps task time: no entry of the stage. */
const clockKind = '$clock|'

/** What a restore must bring back, read from the changelogs without the engine. */
export async function liveState(log: Log, prefix: string): Promise<LiveState> {
  const live = new Map<string, Map<string, string>>()
  for (const { name } of Object.values(states)) {
    for await (const records of log.read(prefix + name, { from: 'beginning', until: 'end' })) {
      for (const { partition, key, value } of records) {
        const where = `${name.replace(/\.state$/, '')}/${partition}`
        const entries = live.get(where) ?? new Map<string, string>()
        live.set(where, entries)
        const text = key?.toString() ?? ''
        if (text.startsWith(clockKind)) continue
        if (value === null) entries.delete(text)
        else entries.set(text, createHash('sha256').update(value).digest('base64'))
      }
    }
  }
  return live
}

export function entriesIn(state: LiveState): number {
  return [...state.values()].reduce((sum, entries) => sum + entries.size, 0)
}

/**
 * Compares what each task says that it restored with what its changelog holds. For processes that have just started: what
 * they count is their last restore.
 */
export async function misrestored(fleet: Fleet, state: LiveState): Promise<readonly string[]> {
  const told = new Map<string, Set<number>>()
  for (const { health } of fleet.instances()) {
    const text = await fetch(`${health}/metrics`).then(answer => answer.text())
    for (const [, labels = '', count] of text.matchAll(/^vigia_restored_entries\{(.*?)\} (\d+)$/gm)) {
      const where = `${labelIn(labels, 'stage')}/${labelIn(labels, 'partition')}`
      told.set(where, (told.get(where) ?? new Set()).add(Number(count)))
    }
  }
  return [...state].flatMap(([where, { size }]) => {
    const counts = [...(told.get(where) ?? [])]
    if (counts.length === 0) return size === 0 ? [] : [`${where} was not restored, and has ${size} entries`]
    return counts.every(count => count === size) ? [] : [`${where} restored ${counts.join(' and ')} of ${size} entries`]
  })
}

function labelIn(labels: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
}
