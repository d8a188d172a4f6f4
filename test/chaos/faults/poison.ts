import type { OutRecord } from '../../../runtime/log.ts'
import { readers } from '../run/lag.ts'
import type { Fault, World } from '../run/world.ts'

/** Neither in Confluent's wire format nor UTF-8. */
const noFormat = Buffer.from([0xff, 0xfe, 0x00, 0x80])
/** In the wire format, of a schema that no registry has. */
const noSchema = Buffer.from([0x00, 0x7f, 0xff, 0xff, 0xfe, 0x02, 0x04])

/** A record that no one can read, at the head of each partition of each topic that a stage reads. */
export const poison: Fault = {
  name: 'poison',
  what: 'a record that nobody can read, for each partition of each input',
  async act(world) {
    const count = await poisonAll(world)
    world.say(`poison: ${count} records that no one can read, one for each partition of each input`)
    return true
  },
}

let made = 0

export async function poisonAll({
  log,
  prefix,
  partitions,
  poisoned,
}: Pick<World, 'log' | 'prefix' | 'partitions' | 'poisoned'>): Promise<number> {
  const inputs = [...new Set(Object.values(readers).flat())]
  const records = inputs.flatMap(topic =>
    Array.from({ length: partitions }, (_, partition): OutRecord => {
      made += 1
      // Compacted topics take nothing without a key, and keep only the last of one.
      const key = Buffer.from(`poison-${made}`)
      return { topic: prefix + topic, partition, key, value: made % 2 === 0 ? noFormat : noSchema }
    }),
  )
  // A send that is not acknowledged may have been written: its poison is a dead letter more, of a place that was not noted.
  const places = await log.append(records)
  for (const [index, place] of places.entries()) {
    poisoned.push({ topic: records[index]?.topic.slice(prefix.length) ?? '', ...place })
  }
  return places.length
}
