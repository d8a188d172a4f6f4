import { crc32 } from 'node:zlib'

/**
 * A number for the entries of a store that does not depend on their order: equal stores have equal ones, whether they grew by
 * commits or were restored. It is the sum of one hash for each entry, so that a change costs as much as what changed.
 */

/** 2^48: a sum below it is exact as a number, and prints as one. */
const modulus = 0x1_0000_0000_0000

/** Of one entry, by its bytes in the changelog, which hold body and expiry. 32 bits; a small integer, which takes no room of its own. */
export function entryHash(key: Buffer, value: Buffer): number {
  let hash = crc32(value, crc32(key))
  // The finaliser of MurmurHash3. CRC alone is linear: two entries that changed bodies would cancel out.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return hash ^ (hash >>> 16)
}

export function withEntry(digest: number, hash: number): number {
  return (digest + (hash >>> 0)) % modulus
}

export function withoutEntry(digest: number, hash: number): number {
  return (digest + modulus - (hash >>> 0)) % modulus
}
