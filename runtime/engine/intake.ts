import { topics } from '../../schemas/catalogue.ts'
import type { Envelope } from '../../schemas/generated/types.ts'
import { partitionFor } from '../partitioning.ts'
import type { Producer } from '../producer.ts'
import type { StageRun } from './stage-run.ts'

/** The producer of a stage that serves: writes outside of any task, acknowledged. */
export function producerFor(run: StageRun): Producer {
  let next = 0
  const append = async (
    topic: string,
    partition: number,
    key: Buffer | null,
    value: Buffer,
    headers: Readonly<Record<string, Buffer>>,
  ) => {
    const [at] = await run.log.append([{ topic: run.prefix + topic, partition, key, value, headers }])
    if (at === undefined) throw new Error('an append answered nothing')
    return at
  }
  return {
    async raw(value, headers) {
      const partitions = run.partitions.get(topics.alertsRaw.name) ?? 1
      next = (next + 1) % partitions
      return append(topics.alertsRaw.name, next, null, value, headers)
    },
    async event(topic, key, id, draft) {
      const at = run.clock()
      const { kind, ...rest } = draft as unknown as Partial<Envelope> & { kind: string }
      const stamped = {
        causeId: id,
        rawId: null,
        domain: 'default',
        tenant: 'default',
        tlp: 'AMBER',
        pap: 'AMBER',
        eventTime: at,
        seq: null,
        ...rest,
        kind,
        id,
        at,
        processTime: at,
        rulesetHash: null,
        attempt: 0,
      }
      const partition = partitionFor(topic, key, run.partitions.get(topic.name) ?? 1, 0)
      return append(topic.name, partition, Buffer.from(key), run.codec.encode(topic, stamped), {})
    },
  }
}
