/** What a member has now, by its id. */
export type Holding = { readonly id: string; readonly owned: readonly number[] }

/**
 * Sticky and even: whoever has a partition keeps it up to the quota, the rest goes round in numeric order. The numbers
 * hold for all inputs of the group, which is what makes them co-partitioned. `free` are the partitions to give.
 */
export function assign(free: readonly number[], members: readonly Holding[]): ReadonlyMap<string, readonly number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const given = new Map<string, number[]>(sorted.map(({ id }) => [id, []]))
  if (sorted.length === 0) return given
  const left = new Set(free)
  const base = Math.floor(free.length / sorted.length)
  const extra = free.length % sorted.length
  // Who has most keeps the larger share: the fewest partitions move.
  const bySize = [...sorted].sort((a, b) => b.owned.length - a.owned.length)
  const quota = new Map(bySize.map(({ id }, index) => [id, base + (index < extra ? 1 : 0)]))
  const give = (id: string, partition: number): boolean => {
    const list = given.get(id)
    if (!list || list.length >= (quota.get(id) ?? 0) || !left.delete(partition)) return false
    list.push(partition)
    return true
  }
  for (const { id, owned } of sorted) for (const partition of [...owned].sort((a, b) => a - b)) give(id, partition)
  for (const partition of [...left].sort((a, b) => a - b)) sorted.some(({ id }) => give(id, partition))
  return given
}
