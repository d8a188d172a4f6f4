import { describe, expect, it } from 'vitest'
import { entryHash, withEntry } from './state-digest.ts'
import { clockKind, type StateStore, stateStore } from './state-store.ts'

const bytes = (text: string) => Buffer.from(text)
const hashOf = (key: string, value: string) => entryHash(bytes(`k|${key}`), bytes(value))
const put = (store: StateStore, entries: Readonly<Record<string, string | null>>) => {
  const list = Object.entries(entries)
  store.apply(
    list.map(([key, value]) => ({ kind: 'k', key, body: value === null ? null : { value }, expiresAt: null })),
  )
  store.commit(list.map(([key, value]) => (value === null ? 0 : hashOf(key, value))))
}
const restored = (...entries: readonly (readonly [string, string | null])[]) => {
  const store = stateStore()
  for (const [key, value] of entries) {
    store.restore('k', key, value === null ? null : { value }, null, value === null ? 0 : hashOf(key, value))
  }
  return store
}
const of = (entries: Readonly<Record<string, string>>) =>
  Object.entries(entries).reduce((digest, [key, value]) => withEntry(digest, hashOf(key, value)), 0)

describe('the digest of a store', () => {
  it('is that of its entries, by whatever way they came about', () => {
    const store = stateStore()
    put(store, { a: '1', b: '1' })
    put(store, { b: '2', c: '1' })
    put(store, { a: null, d: null })
    expect(store.digest()).toBe(of({ b: '2', c: '1' }))
    expect(store.digest()).toBe(of({ c: '1', b: '2' }))
    expect(restored(['c', '1'], ['a', '1'], ['b', '1'], ['b', '2'], ['a', null]).digest()).toBe(store.digest())
    expect(store.handOver().digest()).toBe(store.digest())
    put(store, { b: null, c: null })
    expect(store.digest()).toBe(0)
  })

  it.each([
    ['one is missing', { a: '1' }],
    ['one is too many', { a: '1', b: '2', c: '3' }],
    ['one is older', { a: '1', b: '1' }],
    ['two have changed their bodies', { a: '2', b: '1' }],
    ['one has another key', { a: '1', c: '2' }],
  ])('is another where %s', (_, other) => {
    expect(of(other)).not.toBe(of({ a: '1', b: '2' }))
  })

  it('knows nothing of what was aborted, nor of task time', () => {
    const store = stateStore()
    put(store, { a: '1' })
    store.apply([{ kind: 'k', key: 'b', body: {}, expiresAt: null }])
    store.abort()
    store.restore(clockKind, '', {}, 5, 77)
    expect(store.digest()).toBe(of({ a: '1' }))
  })
})
