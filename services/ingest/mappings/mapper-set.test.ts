import { describe, expect, it } from 'vitest'
import { chosenFor } from '../judge.ts'
import { ingestRulesOf } from '../rules.ts'
import { sourcesOf } from '../sources-file.ts'
import { usersMappings } from './load.ts'
import { mappersWith, shippedSet } from './mapper-set.ts'

const edr = 'kind: edr\nwhat: w\nwhen: [{ all: [detection.name] }]\ntitle: [detection.name]\n'
const quiet = 'kind: quiet\nwhat: w\ntitle: [t]\n'
const mappers = mappersWith(undefined, [
  { path: 'edr.yaml', text: edr },
  { path: 'quiet.yaml', text: quiet },
])
const file = `sources:
  wire: { kind: edr, topic: alerts.wire }
  zeek: { kind: zeek-notice, topic: alerts.zeek }
  hush: { kind: quiet }
  any: { kind: generic }
`
const rules = ingestRulesOf({ sources: sourcesOf(file, 'sources.yaml', mappers), mappers })
const notice = { note: 'N', ts: 1, msg: 'm' }
const connection = { ts: 1, uid: 'u', id: { orig_h: '203.0.113.1', resp_h: '203.0.113.2' } }
const match = { num_hits: 1, num_matches: 1, detection: { name: 'd' } }

describe('what reads a document', () => {
  it.each([
    ['its declared source', 'any', 'alerts.raw', notice, 'generic', 'any', 'source'],
    ['its topic', null, 'alerts.wire', { detection: { name: 'd' } }, 'edr', 'wire', 'topic'],
    ['its source, before its topic', 'hush', 'alerts.wire', { t: 1 }, 'quiet', 'hush', 'source'],
    ['its shape', null, 'alerts.raw', notice, 'zeek-notice', 'zeek-notice', 'shape'],
    ['its shape, under a name that has no settings', 'new', 'alerts.raw', notice, 'zeek-notice', 'new', 'shape'],
    ['a kind as the name of a source', 'quiet', 'alerts.raw', notice, 'quiet', 'quiet', 'source'],
    ["a user's mapping before a mapper in code", null, 'alerts.raw', match, 'edr', 'edr', 'shape'],
    [
      'its shape, where the declared mapping does not fit it',
      null,
      'alerts.zeek',
      connection,
      'zeek-log',
      'zeek',
      'topic',
    ],
    ['the generic mapper, where nothing else does', null, 'alerts.raw', { t: 1 }, 'generic', 'generic', 'shape'],
  ] as const)('is found by %s', (_, source, topic, body, kind, name, by) => {
    const chosen = chosenFor(rules, { source, topic }, body)
    expect([chosen.mapper.kind, chosen.settings.name, chosen.by]).toEqual([kind, name, by])
  })

  it('is a mapping of the user instead of one that ships, where that says so', () => {
    const own = usersMappings([{ path: 'a', text: edr.replace('kind: edr', 'kind: splunk\nreplaces: true') }])
    const set = mappersWith(undefined, [{ path: 'a', text: edr.replace('kind: edr', 'kind: splunk\nreplaces: true') }])
    expect(own).toHaveLength(1)
    expect(set.ofShape({ detection: { name: 'd' } }).kind).toBe('splunk')
    expect(set.all.filter(({ mapper }) => mapper.kind === 'splunk')).toMatchObject([{ origin: 'yours' }])
    expect(set.all).toHaveLength(shippedSet().all.length)
  })
})

describe('the rule set', () => {
  it('has another hash with another mapping, and holds it', () => {
    const changed = mappersWith(undefined, [
      { path: 'edr.yaml', text: edr.replace('title:', 'description: [x]\ntitle:') },
    ])
    const same = mappersWith(undefined, [{ path: 'elsewhere.yaml', text: `# a comment\n${edr}` }])
    const given = mappersWith(undefined, [{ path: 'edr.yaml', text: edr }])
    const hashes = [shippedSet(), changed, same, given].map(each => ingestRulesOf({ mappers: each }).hash)
    expect(new Set(hashes).size).toBe(3)
    expect(hashes[2]).toBe(hashes[3])
    expect(ingestRulesOf({ mappers: given }).content).toContain('detection.name')
  })
})
