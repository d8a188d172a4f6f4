/**
 * Which jobs of a partition are finished, when they finish in any order. The committed offset is the lowest one that
 * is unfinished; those finished beyond it are a bitmap in the offset's metadata (at most 4,096 bytes), so that a crash
 * repeats no recorded result.
 */
export type Progress = {
  /** Notes a delivered offset. False: it is finished already, pass it over. */
  deliver(offset: number): boolean
  finish(offset: number): void
  /** What to commit where these are finished too; they are noted as finished when it has been committed. */
  position(also: readonly number[]): { readonly offset: number; readonly metadata: string }
  /** Whether this offset may be delivered: the bitmap would still hold it. Always, where all before it is finished. */
  takes(offset: number): boolean
}

/** base64 of this many bits is 4,000 bytes of text, within the broker's 4,096. */
export const maxSpan = 24_000

const nothing: ReadonlySet<number> = new Set()

export function progress(from: { readonly offset: number; readonly metadata: string } | undefined): Progress {
  let low = from?.offset ?? -1
  let high = low
  const unfinished = new Set<number>()
  const finished = new Set<number>(from === undefined ? [] : unpack(from.offset, from.metadata))

  const settleLow = () => {
    const before = low
    low = lowestBut(nothing)
    if (low === before) return
    for (const offset of finished) if (offset < low) finished.delete(offset)
  }
  /** Offsets are delivered in order, so the first that is left is the lowest. */
  const lowestBut = (passed: ReadonlySet<number>): number => {
    for (const offset of unfinished) if (!passed.has(offset)) return offset
    return high
  }
  return {
    deliver(offset) {
      high = Math.max(high, offset + 1)
      if (finished.has(offset) || offset < low) return false
      // Between what is finished and this one there is nothing but markers and gaps, however many.
      if (unfinished.size === 0) low = offset
      unfinished.add(offset)
      return true
    },
    finish(offset) {
      unfinished.delete(offset)
      finished.add(offset)
      settleLow()
    },
    position(also) {
      const lowest = lowestBut(new Set(also))
      return { offset: Math.max(lowest, 0), metadata: pack(lowest, [...finished, ...also]) }
    },
    takes: offset => unfinished.size === 0 || offset - low < maxSpan,
  }
}

function pack(low: number, finished: readonly number[]): string {
  let top = -1
  for (const offset of finished) if (offset >= low) top = Math.max(top, offset - low)
  if (top < 0) return ''
  const bits = Buffer.alloc((top >> 3) + 1)
  for (const offset of finished) {
    const at = offset - low
    if (at >= 0) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7))
  }
  return bits.toString('base64')
}

function unpack(low: number, metadata: string): number[] {
  const bits = Buffer.from(metadata, 'base64')
  const offsets: number[] = []
  for (let at = 0; at < bits.length * 8; at++) if (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) offsets.push(low + at)
  return offsets
}
