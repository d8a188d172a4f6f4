import type { Log } from '../../runtime/log.ts'
import type { Service } from '../../runtime/stage.ts'
import { firstAtOf } from '../ledger/follow.ts'

/** How far a stage is behind on one of its inputs. */
export type StageLag = {
  readonly stage: string
  readonly input: string
  /** Records that are not committed; counts the marks of transactions among them. 0 where nothing is to be read. */
  readonly lag: number
  /** Epoch ms, LogAppendTime of the oldest record that is not committed. */
  readonly oldestAt: number | null
}

/** Every input of every stage of these services, in their order. */
export async function lagsOf(log: Log, prefix: string, services: readonly Service[]): Promise<readonly StageLag[]> {
  const lags: StageLag[] = []
  for (const { name, stages } of services) {
    for (const [stageName, { reads }] of Object.entries(stages)) {
      for (const topic of Object.values(reads)) {
        const stage = `${name}.${stageName}`
        lags.push({ stage, input: topic.name, ...(await lagOf(log, prefix + stage, prefix + topic.name)) })
      }
    }
  }
  return lags
}

/** Whether a stage of the service has ever committed an offset. */
export async function hasCommitted(log: Log, prefix: string, { name, stages }: Service): Promise<boolean> {
  const asked = Object.entries(stages).flatMap(([stage, { reads }]) =>
    Object.values(reads).map(topic => log.committed(`${prefix}${name}.${stage}`, prefix + topic.name)),
  )
  return (await Promise.all(asked)).some(committed => committed.size > 0)
}

async function lagOf(log: Log, group: string, topic: string): Promise<Pick<StageLag, 'lag' | 'oldestAt'>> {
  const committed = await log.committed(group, topic)
  const open = (await log.bounds(topic))
    .map(({ partition, start, end }) => ({
      partition,
      end,
      from: Math.max(start, committed.get(partition)?.offset ?? start),
    }))
    .filter(({ from, end }) => from < end)
  const found = await Promise.all(
    open.map(async ({ partition, from, end }) => ({
      lag: end - from,
      at: await firstAtOf(log, topic, partition, from),
    })),
  )
  // Behind the last record of a transaction stands its mark: an offset that holds nothing to be read.
  const behind = found.filter(each => each.at !== undefined)
  const times = behind.flatMap(each => each.at ?? [])
  return {
    lag: behind.reduce((sum, each) => sum + each.lag, 0),
    oldestAt: times.length === 0 ? null : Math.min(...times),
  }
}
