import { findings, type Result } from './result.ts'

/** What one task says that it remembers: how many entries, and their digest, which does not depend on their order. */
export type Digest = { readonly entries: number; readonly digest: number }

/** By `<stage>/<partition>`: of every process that says it holds the task, one where all is well. */
export type Told = ReadonlyMap<string, readonly Digest[]>

/**
 * What every task held in memory before it was killed, what it holds after the restore, and what its changelog comes to when it is
 * folded without the engine, are the same, and one process alone holds it. A task without entries need not be held.
 */
export function checkDigests(before: Told, after: Told, folded: ReadonlyMap<string, Digest>): Result {
  const found = findings()
  let entries = 0
  const tasks = new Set([...before.keys(), ...after.keys(), ...folded.keys()])
  for (const task of tasks) {
    const wanted = folded.get(task) ?? { entries: 0, digest: 0 }
    entries += wanted.entries
    for (const [when, told] of [
      ['before the kill', before.get(task) ?? []],
      ['after the restore', after.get(task) ?? []],
    ] as const) {
      if (told.length === 0 && wanted.entries > 0) found.add(`${task}: nobody held it ${when}`)
      if (told.length > 1) found.add(`${task}: ${told.length} held it ${when}`)
      for (const each of told) {
        if (each.entries !== wanted.entries || each.digest !== wanted.digest) {
          found.add(`${task}: ${inWords(each)} ${when}, and ${inWords(wanted)} in the changelog`)
        }
      }
    }
  }
  return found.result('state in memory before = after the restore = fold of the changelog', {
    ...{ tasks: tasks.size, entries },
  })
}

function inWords({ entries, digest }: Digest): string {
  return `${entries} entries (${digest.toString(16)})`
}
