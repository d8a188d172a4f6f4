import { describe, expect, it } from 'vitest'
import { isVigiaError, messageOf } from '../../core/errors.ts'
import { ingestRulesOf } from './rules.ts'
import { defaultSettings, domainOf } from './source-settings.ts'
import { sourcesOf } from './sources-file.ts'

const hour = 3_600_000

function problemsOf(text: string): string[] {
  try {
    sourcesOf(text, 'sources.yaml')
  } catch (error) {
    expect(isVigiaError(error, 'VIG_FILE_INVALID')).toBe(true)
    return messageOf(error).split('\n')
  }
  return []
}

describe('sources.yaml', () => {
  it('says what the numbers of a source mean, and fills in the defaults', () => {
    const sources = sourcesOf(
      `
sources:
  owner-elastalert:
    kind: elastalert-hive
    tenant: acme
    site: madrid
    topic: alerts.elastalert
    tlp: { map: { "3": AMBER }, least: GREEN }
    dedupe: 30m
  sensor:
    kind: suricata
`,
      'sources.yaml',
    )
    expect([...sources.keys()]).toEqual(['owner-elastalert', 'sensor'])
    expect(sources.get('owner-elastalert')).toEqual({
      name: 'owner-elastalert',
      kind: 'elastalert-hive',
      topic: 'alerts.elastalert',
      tenant: 'acme',
      site: 'madrid',
      tlp: { numbering: 'thehive4', default: 'AMBER', map: { 3: 'AMBER' }, least: 'GREEN' },
      pap: { default: 'AMBER', map: {}, least: 'CLEAR' },
      dedupeMs: hour / 2,
    })
    expect(sources.get('sensor')).toMatchObject({ tenant: 'default', site: null, topic: null, dedupeMs: hour })
  })

  it('may be without sources, and may give a default source other settings', () => {
    expect(sourcesOf('sources: {}', 'sources.yaml').size).toBe(0)
    expect(ingestRulesOf().sources.get('thehive')).toEqual(defaultSettings('thehive', 'thehive'))
    const tlp = { numbering: 'thehive5', default: 'AMBER', map: {}, least: 'CLEAR' }
    const sources = sourcesOf('sources: { thehive: { kind: thehive, tlp: { numbering: thehive5 } } }', 's')
    const given = ingestRulesOf({ sources }).sources
    expect(given.get('thehive')).toEqual({ ...defaultSettings('thehive', 'thehive'), tlp })
    expect(given.get('suricata')).toEqual(defaultSettings('suricata', 'suricata'))
  })

  it('lists every problem at once, with its line and the known names', () => {
    const problems = problemsOf(`sources:
  a b:
    kind: suricata
  one:
    kind: snort
    tenent: acme
    tlp:
      numbering: thehive6
      leest: RED
  two:
    kind: generic
    dedupe: 1 hour
    tenant: a/b#c
    topic: x
sauces: 1
`)
    expect(problems.map(problem => problem.split(' ')[0]).sort()).toEqual(
      ['2', '5', '6', '8', '9', '12', '13', '15'].map(line => `sources.yaml:${line}:`).sort(),
    )
    const said = problems.join('\n')
    expect(said).toContain("sources.one: unknown key 'tenent' (known: kind, topic, tenant, site, tlp, pap, dedupe)")
    expect(said).toContain("sources.one.tlp: unknown key 'leest' (known: numbering, default, map, least)")
    expect(said).toContain("unknown key 'sauces' (known: sources)")
    expect(said).toContain('"elastalert-hive"')
    expect(said).toContain('"zeek-notice"')
    expect(said).toContain('sources.a b: expected up to 64 letters')
  })

  it.each([
    ['is no YAML', 'sources: [', 1],
    ['is empty', '', 1],
    ['gives a key twice', 'sources:\n  a: { kind: generic }\n  a: { kind: generic }\n', 3],
    ['gives a topic twice', 'sources:\n  a: { kind: generic, topic: t }\n  b: { kind: generic, topic: t }\n', 3],
  ])('is refused where it %s', (_, text, line) => {
    expect(problemsOf(text)[0]).toMatch(new RegExp(`^sources.yaml:${line}: `))
  })
})

describe('the domain', () => {
  it('is the tenant, or the tenant and the site of its own source', () => {
    const settings = { ...defaultSettings('any', 'generic'), tenant: 'acme', site: 'madrid' }
    expect(domainOf('acme', settings)).toBe('acme/madrid')
    expect(domainOf('other', settings)).toBe('other')
    expect(domainOf('acme', { ...settings, site: null })).toBe('acme')
  })
})
