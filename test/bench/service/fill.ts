import type { Log, OutRecord } from '../../../runtime/log.ts'

/** Records per append: large enough that filling is quick, small enough for one request. */
const together = 2000

/** Appends `count` records, as `next` makes them, a few thousand at a time. */
export async function fillTopic(log: Log, count: number, next: (index: number) => OutRecord): Promise<void> {
  for (let done = 0; done < count; done += together) {
    const records = Array.from({ length: Math.min(together, count - done) }, (_, index) => next(done + index))
    await log.append(records)
  }
}
