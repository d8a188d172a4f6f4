/** How far the last stable offsets of what is read lie behind; a transaction that nobody ends lets it grow without end. */
export type Unstable = {
  see(topic: string, partition: number, distance: number): void
  /** Of other partitions nothing is known any more. */
  keep(partitions: readonly number[]): void
}

/** Tells the largest distance whenever it is another one. */
export function unstable(tell: (records: number) => void): Unstable {
  const distances = new Map<string, { readonly partition: number; readonly distance: number }>()
  let told = 0
  const look = () => {
    let largest = 0
    for (const { distance } of distances.values()) largest = Math.max(largest, distance)
    if (largest === told) return
    told = largest
    tell(largest)
  }
  return {
    see(topic, partition, distance) {
      distances.set(`${topic}/${partition}`, { partition, distance })
      look()
    },
    keep(partitions) {
      for (const [key, { partition }] of distances) if (!partitions.includes(partition)) distances.delete(key)
      look()
    },
  }
}
