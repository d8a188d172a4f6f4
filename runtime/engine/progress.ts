/**
 * Which jobs of a partition are finished, when they finish in any order. The committed offset is the lowest one that
 * is unfinished; those finished beyond it are a bitmap in the offset's metadata (at most 4,096 bytes), so that a crash
 * repeats no recorded result.
 */
export type Progress = {
  /** Notes a delivered offset. False: it is finished already, pass it over. */
  deliver(offset: number): boolean
  finish(offset: number): void
  position(): { readonly offset: number; readonly metadata: string }
  /** How far the delivered offsets reach beyond the lowest unfinished one; never let it pass `maxSpan`. */
  span(): number
}

/** base64 of this many bits is 4,000 bytes of text, within the broker's 4,096. */
export const maxSpan = 24_000

export function progress(from: { readonly offset: number; readonly metadata: string } | undefined): Progress {
  let low = from?.offset ?? -1
  let high = low
  const unfinished = new Set<number>()
  const finished = new Set<number>(from === undefined ? [] : unpack(from.offset, from.metadata))

  const settleLow = () => {
    low = unfinished.size === 0 ? high : Math.min(...firstOf(unfinished))
    for (const offset of finished) if (offset < low) finished.delete(offset)
  }
  return {
    deliver(offset) {
      if (low < 0) low = offset
      high = Math.max(high, offset + 1)
      if (finished.has(offset) || offset < low) return false
      unfinished.add(offset)
      return true
    },
    finish(offset) {
      unfinished.delete(offset)
      finished.add(offset)
      settleLow()
    },
    position: () => ({ offset: Math.max(low, 0), metadata: pack(low, finished) }),
    span: () => high - low,
  }
}

/** Offsets are delivered in order, so the first in the set is the lowest. */
function* firstOf(offsets: ReadonlySet<number>): Iterable<number> {
  for (const offset of offsets) {
    yield offset
    return
  }
}

function pack(low: number, finished: ReadonlySet<number>): string {
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
