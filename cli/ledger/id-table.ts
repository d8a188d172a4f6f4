import { hash } from 'node:crypto'

/** Which ids were met before, at 16 bytes an id, so that millions of events can be held against one another. */
export type IdTable = {
  /** Whether the id is new; it is known from then on. */
  add(id: string): boolean
  readonly size: () => number
}

const words = 4
const firstSlots = 1024

/** Open addressing over the 128 bits that an event id is; any other text is hashed to as many. */
export function idTable(): IdTable {
  let slots = firstSlots
  let table = new Uint32Array(slots * words)
  let used = 0
  const id = new Uint32Array(words)

  /** The place of `id` in the table, or the free one where it belongs. All zeros mark a free one. */
  function placeOf(): number {
    let slot = (id[0] as number) & (slots - 1)
    for (;;) {
      const at = slot * words
      if (isAt(at)) return at
      if (table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0 && table[at + 3] === 0) return at
      slot = (slot + 1) & (slots - 1)
    }
  }

  function isAt(at: number): boolean {
    return table[at] === id[0] && table[at + 1] === id[1] && table[at + 2] === id[2] && table[at + 3] === id[3]
  }

  function grow(): void {
    const before = table
    slots *= 2
    table = new Uint32Array(slots * words)
    for (let at = 0; at < before.length; at += words) {
      id.set(before.subarray(at, at + words))
      if (id.some(word => word !== 0)) table.set(id, placeOf())
    }
  }

  return {
    add(text) {
      if (used * 2 >= slots) grow()
      readInto(id, text)
      const at = placeOf()
      if (isAt(at)) return false
      table.set(id, at)
      used += 1
      return true
    },
    size: () => used,
  }
}

const eventId = /^[0-9a-f]{32}$/

function readInto(id: Uint32Array, text: string): void {
  const hex = eventId.test(text) ? text : hash('sha256', text)
  for (let word = 0; word < words; word += 1) id[word] = Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16)
  // Zeros mark a free place.
  if (id.every(word => word === 0)) id[0] = 1
}
