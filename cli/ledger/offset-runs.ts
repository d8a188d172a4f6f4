/** Which offsets of a partition were read, as runs: a log without gaps is one run, however long. */
export type OffsetRuns = {
  /** In order of offset; one that was read before changes nothing, and is answered with false. */
  add(offset: number): boolean
  has(offset: number): boolean
  readonly first: () => number | undefined
  readonly last: () => number | undefined
}

export function offsetRuns(): OffsetRuns {
  const froms: number[] = []
  const tos: number[] = []
  return {
    add(offset) {
      const last = tos.at(-1)
      if (last !== undefined && offset <= last) return false
      if (last === offset - 1) tos[tos.length - 1] = offset
      else {
        froms.push(offset)
        tos.push(offset)
      }
      return true
    },
    has(offset) {
      let low = 0
      let high = froms.length - 1
      while (low <= high) {
        const middle = (low + high) >> 1
        if (offset < (froms[middle] as number)) high = middle - 1
        else if (offset > (tos[middle] as number)) low = middle + 1
        else return true
      }
      return false
    },
    first: () => froms[0],
    last: () => tos.at(-1),
  }
}
