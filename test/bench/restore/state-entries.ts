import { eventIdOf } from '../../../core/ids.ts'
import type { Random } from '../../../runtime/memory/random.ts'
import type { FoldState } from '../../../schemas/generated/types.ts'

export type StateEntry = { readonly key: string; readonly entry: FoldState }

const at = Date.parse('2026-11-25T09:00:00Z')

/** The sighting number `index` of case-builder's state, about 300 bytes with its key: seen a few times, in one to three cases. */
export function sightingEntry(random: Random, index: number, expiresAt: number): StateEntry {
  const times = Array.from({ length: 6 + random.below(10) }, (_, nth) => at - nth * 60_000)
  const cases = Array.from({ length: 3 + random.below(3) }, (_, nth) =>
    eventIdOf(`${index}/${nth}`, 'bench', 'case', 0),
  )
  const key = `tenant-${index % 500}|fqdn|cdn-${index.toString(36)}.badhost.example.net`
  const sighting = {
    ...{ firstSeenAt: at, writtenAt: at, tlp: 'AMBER', pap: 'AMBER', depth: 0, role: 'indicator' },
    ...{ recent: times, cases },
  }
  return { key: `sighting|${key}`, entry: { expiresAt, kind: 'sighting', sighting } }
}
