import type { Change, StateView } from '../decision.ts'
import { withEntry, withoutEntry } from './state-digest.ts'

/**
 * What one task remembers: committed entries by kind, and an overlay of the changes of the open transaction that is
 * kept after the commit and dropped after an abort. Entries that have expired by task time count as absent.
 */
type Entry = { readonly body: object; readonly expiresAt: number | null; readonly hash: number }

export type StateStore = {
  readonly view: StateView<unknown>
  /** Task time: the highest `at` seen by this task, kept in state. */
  now(): number
  /** Moves task time forward, never back. */
  see(at: number): void
  apply(changes: readonly Change[]): void
  /** The changes since the last commit, one per entry: what goes to the changelog. */
  pending(): readonly Change[]
  /** Up to `most` expired entries, as changes that forget them. */
  sweep(most: number): readonly Change[]
  /** `hashes`: of what was written for each of `pending`, in its order; 0 where nothing keeps a changelog. */
  commit(hashes?: readonly number[]): void
  abort(): void
  restore(kind: string, key: string, body: object | null, expiresAt: number | null, hash?: number): void
  /**
   * What is committed, without what is not, as a store of its own for the task that continues. Entries are not
   * copied: this store must not commit any more.
   */
  handOver(): StateStore
  size(): number
  /** Of all that is committed, task time apart: see `state-digest.ts`. */
  digest(): number
}

/** The kind of entry under which the engine keeps task time in the changelog. */
export const clockKind = '$clock'

export function stateStore(): StateStore {
  return storeOver(new Map(), 0, 0)
}

function storeOver(committed: Map<string, Map<string, Entry>>, committedAt: number, digestAt: number): StateStore {
  let overlay = new Map<string, Map<string, Change>>()
  let committedNow = committedAt
  let now = committedAt
  let digest = digestAt
  let sweeping: IterableIterator<readonly [string, string, Entry]> | undefined

  const entries = (kind: string) => {
    const found = committed.get(kind)
    if (found !== undefined) return found
    const made = new Map<string, Entry>()
    committed.set(kind, made)
    return made
  }
  const keep = (kind: string, key: string, body: object | null, expiresAt: number | null, hash: number) => {
    const map = entries(kind)
    const before = map.get(key)
    if (before !== undefined) digest = withoutEntry(digest, before.hash)
    if (body === null) map.delete(key)
    else {
      map.set(key, { body, expiresAt, hash })
      digest = withEntry(digest, hash)
    }
  }
  const live = (entry: Entry | Change | undefined): object | undefined => {
    if (entry === undefined || entry.body === null) return undefined
    return entry.expiresAt !== null && entry.expiresAt <= now ? undefined : entry.body
  }
  function* walk(): IterableIterator<readonly [string, string, Entry]> {
    for (const [kind, map] of committed) for (const [key, entry] of map) yield [kind, key, entry]
  }

  return {
    view: {
      get: (kind: string, key: string) => live(overlay.get(kind)?.get(key) ?? committed.get(kind)?.get(key)) as never,
      *all(kind: string): Generator<never> {
        const changed = overlay.get(kind)
        for (const [key, entry] of committed.get(kind) ?? []) {
          const body = changed?.has(key) ? undefined : live(entry)
          if (body !== undefined) yield [key, body] as never
        }
        for (const [key, change] of changed ?? []) {
          const body = live(change)
          if (body !== undefined) yield [key, body] as never
        }
      },
    },
    now: () => now,
    see(at) {
      if (at > now) now = at
    },
    apply(changes) {
      for (const change of changes) {
        const map = overlay.get(change.kind) ?? new Map<string, Change>()
        map.set(change.key, change)
        overlay.set(change.kind, map)
      }
    },
    pending: () => [...overlay.values()].flatMap(map => [...map.values()]),
    sweep(most) {
      const expired: Change[] = []
      sweeping ??= walk()
      for (let looked = 0; looked < most * 4 && expired.length < most; looked++) {
        const next = sweeping.next()
        if (next.done === true) {
          sweeping = undefined
          break
        }
        const [kind, key, entry] = next.value
        const isExpired = entry.expiresAt !== null && entry.expiresAt <= now
        if (isExpired && !overlay.get(kind)?.has(key)) expired.push({ kind, key, body: null, expiresAt: null })
      }
      return expired
    },
    commit(hashes = []) {
      let at = 0
      for (const [kind, map] of overlay) {
        for (const [key, { body, expiresAt }] of map) keep(kind, key, body, expiresAt, hashes[at++] ?? 0)
      }
      overlay = new Map()
      committedNow = now
    },
    abort() {
      overlay = new Map()
      now = committedNow
    },
    restore(kind, key, body, expiresAt, hash = 0) {
      if (kind === clockKind) {
        now = Math.max(now, expiresAt ?? 0)
        committedNow = now
      } else keep(kind, key, body, expiresAt, hash)
    },
    handOver: () => storeOver(committed, committedNow, digest),
    digest: () => digest,
    size: () => [...committed.values()].reduce((sum, map) => sum + map.size, 0),
  }
}
