import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fingerprintOf, fingerprintOfTheHive, isChosenRef, stableMatch } from './fingerprint.ts'

type Body = Record<string, unknown>
type Recorded = { requests: { method: string; path: string; body: { json?: Body } }[] }

const recorded = new URL('../test/fixtures/recorded/', import.meta.url)

/** Every body that a real ElastAlert2 sent to TheHive's intake, resends and restarts included. */
function hiveBodies(): Body[] {
  const names = [
    ...readdirSync(recorded),
    ...readdirSync(new URL('failures/', recorded)).map(name => `failures/${name}`),
  ]
  return names
    .filter(name => /elastalert2-(hive|fail).*\.json$/.test(name))
    .flatMap(name => (JSON.parse(readFileSync(new URL(name, recorded), 'utf8')) as Recorded).requests)
    .filter(request => request.method === 'POST' && request.path === '/api/alert')
    .map(request => request.body.json ?? {})
}

/** What tells the recorded alerts apart, by the eye: their observables. */
function observablesOf(body: Body): string {
  return JSON.stringify((body.artifacts as { data: string }[]).map(artifact => artifact.data))
}

describe('the fingerprint of what ElastAlert2 really sent', () => {
  const bodies = hiveBodies()

  it('is one for each alert, however often it was resent, and none is shared', () => {
    expect(bodies).toHaveLength(33)
    expect(new Set(bodies.map(body => body.sourceRef)).size).toBe(33)
    expect(new Set(bodies.map(observablesOf)).size).toBe(15)
    expect(new Set(bodies.map(body => fingerprintOfTheHive(body, 'default'))).size).toBe(15)
    const pairs = new Set(bodies.map(body => `${observablesOf(body)} ${fingerprintOfTheHive(body, 'default')}`))
    expect(pairs.size).toBe(15)
  })

  it('differs between domains', () => {
    const both = ['acme', 'acme/site-2'].flatMap(domain => bodies.map(body => fingerprintOfTheHive(body, domain)))
    expect(new Set(both).size).toBe(30)
  })
})

describe('fingerprintOfTheHive', () => {
  const body = {
    type: 'external',
    source: 'elastalert',
    sourceRef: '85117271-a878-4b49-b12a-57627eb22ac6',
    title: 'SSH brute force',
    description: 'SSH brute force\n\n_id: a1\nnum_hits: 4\nnum_matches: 2\nuser: root\n',
    tags: ['b', 'a'],
    date: 1795561171000,
  }
  const fingerprint = fingerprintOfTheHive(body, 'default')

  it.each([
    ['another random sourceRef', { ...body, sourceRef: '97b6b04a-93be-479f-9084-7f4f4431c47e' }],
    ['another date', { ...body, date: 1 }],
    ['another order of tags', { ...body, tags: ['a', 'b'] }],
    ['other counters', { ...body, description: body.description.replace('4', '19').replace('2', '3') }],
    ['another order of keys', Object.fromEntries(Object.entries(body).reverse())],
  ])('is the same with %s', (_, other) => {
    expect(fingerprintOfTheHive(other, 'default')).toBe(fingerprint)
  })

  it.each([
    ['another title', { ...body, title: 'SSH' }],
    ['another tag', { ...body, tags: ['a', 'b', 'c'] }],
    ['another document', { ...body, description: body.description.replace('a1', 'a2') }],
    ['another source', { ...body, source: 'siem' }],
    ['a chosen sourceRef', { ...body, sourceRef: 'r-1' }],
    ['counters inside a sentence', { ...body, description: `${body.description}we saw num_hits: 4` }],
  ])('differs with %s', (_, other) => {
    expect(fingerprintOfTheHive(other, 'default')).not.toBe(fingerprint)
  })

  it('looks at nothing but the reference where the sender chose one', () => {
    const first = fingerprintOfTheHive({ ...body, sourceRef: 'r-1' }, 'default')
    expect(fingerprintOfTheHive({ ...body, sourceRef: 'r-1', title: 'edited' }, 'default')).toBe(first)
    expect(fingerprintOfTheHive({ ...body, sourceRef: 'r-2' }, 'default')).not.toBe(first)
  })

  it('takes a body with fields of wrong types, since the caller names them', () => {
    expect(fingerprintOfTheHive({ type: 1, tags: 'x', description: null }, 'default')).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('fingerprintOf', () => {
  it('is the same in every version with this canonicaliser', () => {
    const named = { domain: 'default', type: 't', source: 's', sourceRef: 'r', content: { b: 1, a: [] } }
    expect(fingerprintOf({ ...named, chosenRef: true })).toBe(
      '8308c6ad9874e24f08b2119b1c65b93d68976f005670371379d66c344c9a02b6',
    )
    expect(fingerprintOf({ ...named, chosenRef: false })).toBe(
      'a9bf48fd5f124f0eb4a71ce78581f7e6021a5552a43bb899767184031891cda1',
    )
  })

  it('leaves the counters of a raw match out', () => {
    expect(stableMatch({ num_hits: 1, num_matches: 2, user: 'root' })).toEqual({ user: 'root' })
  })

  it.each([
    ['r-1', true],
    ['85117271-a878-4b49-b12a-57627eb22ac6', false],
    ['85117271-a878-1b49-b12a-57627eb22ac6', true],
    ['', false],
    ['  ', false],
  ])('says whether %j was chosen', (ref, chosen) => {
    expect(isChosenRef(ref)).toBe(chosen)
  })
})
