/**
 * Kafka's murmur2, as in `org.apache.kafka.common.utils.Utils.murmur2`: the partitioner of the Java client.
 * Ours, so that the partition of a key is a function of core and not of a client's default.
 */
export function murmur2(data: Uint8Array): number {
  const length = data.length
  const m = 0x5bd1e995
  let h = 0x9747b28c ^ length
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) {
    let k = at(data, i) | (at(data, i + 1) << 8) | (at(data, i + 2) << 16) | (at(data, i + 3) << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    k = Math.imul(k, m)
    h = Math.imul(h, m) ^ k
  }
  const rest = length & 3
  if (rest >= 3) h ^= at(data, whole + 2) << 16
  if (rest >= 2) h ^= at(data, whole + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ at(data, whole), m)
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

/** The partition of a key among `partitions`, as the Java client computes it: `toPositive(murmur2(key)) % n`. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions
}

function at(data: Uint8Array, index: number): number {
  return data[index] ?? 0
}
