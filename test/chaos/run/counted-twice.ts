import type { Log } from '../../../runtime/log.ts'
import { allTopics, topics } from '../../../schemas/catalogue.ts'
import type { Topic } from '../../../schemas/topic.ts'
import { type Counted, checkCount, type TwiceRead } from '../checks/count.ts'
import type { Result } from '../checks/result.ts'
import { readIndependently } from '../reader/read-independently.ts'

/** Readers at a time: each is a JVM. */
const together = 4
/** After so long without a record a reader takes the topic for read; where it found less than we did, it may not have waited enough. */
const quietMs = [8000, 40_000] as const

/** Those that are most of a run, for one that must be short. */
const inShort: readonly Topic[] = [topics.alertsRaw, topics.alerts, topics.caseEvents, topics.responses]
/** A cleaner may pass between two readings of a compacted topic. */
const all: readonly Topic[] = Object.values<Topic>(topics).filter(topic => topic.cleanup === 'delete')

const wantedIn = (isShort: boolean): readonly Topic[] => (isShort ? inShort : all)

/** The topics that are read by us alone, changelogs included. */
export function notCountedTwice(isShort: boolean): readonly string[] {
  return allTopics.filter(topic => !wantedIn(isShort).includes(topic)).map(topic => topic.name)
}

/** The committed records read a second time, by Kafka's own consumer: the same ones, to the byte. */
export async function countedTwice(
  log: Log,
  brokers: string,
  prefix: string,
  { isShort, say }: { readonly isShort: boolean; readonly say: (line: string) => void },
): Promise<Result> {
  const wanted = wantedIn(isShort)
  const twice: TwiceRead[] = []
  for (let at = 0; at < wanted.length; at += together) {
    const some = wanted.slice(at, at + together)
    say(`counting a second time, by Kafka's console consumer: ${some.map(({ name }) => name).join(', ')}`)
    twice.push(
      ...(await Promise.all(
        some.map(async ({ name }) => {
          const ours = await ourRecords(log, prefix + name)
          const read = (ms: number) => readIndependently({ bootstrap: brokers, topic: prefix + name, quietMs: ms })
          const theirs = await read(quietMs[0])
          return { topic: name, ours, theirs: theirs.length < ours.length ? await read(quietMs[1]) : theirs }
        }),
      )),
    )
  }
  return checkCount(twice)
}

async function ourRecords(log: Log, topic: string): Promise<readonly Counted[]> {
  const read: Counted[] = []
  for await (const records of log.read(topic, { from: 'beginning', until: 'end' })) {
    for (const { partition, offset, key, value } of records) read.push({ partition, offset, key, value })
  }
  return read
}
