import { describe, expect, it } from 'vitest'
import type { JsonObject } from './json-object.ts'
import { judge } from './judge.ts'
import { ingestRulesOf } from './rules.ts'

const rules = ingestRulesOf()
const received = { tenant: null, source: null, topic: 'alerts.raw', at: 0, part: 0, parts: 1 }

/** The TLP of an alert with these artifacts, whose own is AMBER, and what is kept of them above that. */
function judged(artifacts: readonly JsonObject[]) {
  const body = { type: 'external', source: 's', sourceRef: 'r', title: 't', description: '', tlp: 2, artifacts }
  const { tlp, outcome } = judge(rules, received, { body })
  if (outcome.kind !== 'alert') throw new Error(JSON.stringify(outcome))
  return { tlp, kept: outcome.alert.observables.filter(each => each.tlp !== null && each.tlp !== 'AMBER') }
}

const address = (n: number) => ({ dataType: 'ip', data: `198.51.${100 + (n >> 8)}.${n & 255}` })
const redDomain = (n: number) => ({ dataType: 'domain', data: `${n}.example.net`, tlp: 3 })
const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))

describe('an observable that is marked higher than its alert', () => {
  it('is kept before all others', () => {
    const { tlp, kept } = judged([...many(600, address), redDomain(0)])
    expect(kept).toMatchObject([{ value: '0.example.net', tlp: 'RED' }])
    expect(tlp).toBe('AMBER')
  })

  it.each<[string, readonly JsonObject[], string]>([
    ['too long', [{ dataType: 'other', data: 'secret'.repeat(1000), tlp: 3 }], 'RED'],
    ['too long for its type', [{ dataType: 'domain', data: 'secret'.repeat(1000), tlp: 3 }], 'RED'],
    ['one of too many', many(501, redDomain), 'RED'],
    ['kept', [redDomain(0)], 'AMBER'],
    ['kept as what stands in it', [{ dataType: 'ip', data: '198.51.100.7:443', tlp: 3 }], 'AMBER'],
    ['too long, and not marked', [{ dataType: 'other', data: 'secret'.repeat(1000) }], 'AMBER'],
    ['too long, and marked lower', [{ dataType: 'other', data: 'secret'.repeat(1000), tlp: 0 }], 'AMBER'],
  ])('raises the alert where it is left out: %s', (_, artifacts, tlp) => {
    expect(judged(artifacts).tlp).toBe(tlp)
  })
})
