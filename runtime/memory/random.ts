/** A seeded source of whole numbers: `below(n)` answers 0..n-1. Same seed, same sequence. */
export type Random = { below(limit: number): number }

/** mulberry32: small, fast and good enough to shuffle a schedule. Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit)
    },
  }
}
