import { findings, type Result } from './result.ts'

/** Of one partition of a state topic: what each key holds. */
export type Snapshot = ReadonlyMap<string, Buffer>

/** What a changelog comes to: the last value of each key, without those whose last is a tombstone. */
export function foldChangelog(
  records: Iterable<{ readonly key: Buffer | null; readonly value: Buffer | null }>,
): ReadonlyMap<string, Buffer> {
  const entries = new Map<string, Buffer>()
  for (const { key, value } of records) {
    const name = key?.toString() ?? ''
    if (value === null) entries.delete(name)
    else entries.set(name, value)
  }
  return entries
}

/**
 * Two snapshots of the same changelogs are equal, by `<stage>/<partition>`: before a restore and after it, which writes nothing. A
 * partition that only one of them has counts as empty in the other.
 */
export function checkState(before: ReadonlyMap<string, Snapshot>, after: ReadonlyMap<string, Snapshot>): Result {
  const found = findings()
  let entries = 0
  const none: Snapshot = new Map()
  const partitions = new Set([...before.keys(), ...after.keys()])
  for (const partition of partitions) {
    const [old, now] = [before.get(partition) ?? none, after.get(partition) ?? none]
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      entries += 1
      const [was, is] = [old.get(key), now.get(key)]
      if (was === undefined) found.add(`${partition}: ${key} was not there before`)
      else if (is === undefined) found.add(`${partition}: ${key} is gone`)
      else if (!was.equals(is)) found.add(`${partition}: ${key} is another`)
    }
  }
  return found.result('a restore writes nothing: changelogs after = before', { partitions: partitions.size, entries })
}
