import { createHash } from 'node:crypto'
import { findings, type Result } from './result.ts'

/** A record as either reader gives it. */
export type Counted = {
  readonly partition: number
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** `ours` and `theirs` are what the two readers found in one topic. */
export type TwiceRead = {
  readonly topic: string
  readonly ours: readonly Counted[]
  readonly theirs: readonly Counted[]
}

/** Two readers that share no code found the same committed records, to the byte, each once. */
export function checkCount(topics: readonly TwiceRead[]): Result {
  const found = findings()
  let records = 0
  for (const { topic, ours, theirs } of topics) {
    records += ours.length
    if (ours.length !== theirs.length) found.add(`${topic}: we read ${ours.length}, they read ${theirs.length}`)
    const [we, they] = [digests(ours), digests(theirs)]
    for (const [place, digest] of we) {
      const other = they.get(place)
      if (other === undefined) found.add(`${topic}/${place}: only we read it`)
      else if (other !== digest) found.add(`${topic}/${place}: they read another record`)
    }
    for (const place of they.keys()) if (!we.has(place)) found.add(`${topic}/${place}: only they read it`)
  }
  return found.result('an independent reader finds the same records', { topics: topics.length, records })
}

function digests(records: readonly Counted[]): ReadonlyMap<string, string> {
  return new Map(records.map(each => [`${each.partition}/${each.offset}`, digestOf(each)]))
}

function digestOf({ key, value }: Counted): string {
  const hash = createHash('sha256')
  for (const bytes of [key, value]) hash.update(`${bytes === null ? 'none' : bytes.length}:`).update(bytes ?? '')
  return hash.digest('base64')
}
