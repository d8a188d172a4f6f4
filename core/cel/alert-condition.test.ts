import { describe, expect, it } from 'vitest'
import type { Alert } from '../../schemas/generated/types.ts'
import { alertValues, compileAlertCondition } from './alert-condition.ts'

const seen = (type: string, value: string) => ({
  ...{ type, value, role: 'source', path: 'p', tlp: null, tags: [], flags: [], attachment: null },
})
const alert: Alert = {
  ...{ part: 0, parts: 1, fingerprint: 'f', source: 'wazuh', type: 'hids', sourceRef: 'r-1', dedupeMs: 0 },
  ...{ title: 'Login', description: 'text', severity: 'high', rule: 'noise of a scanner', tags: ['a', 'b'] },
  ...{ techniques: ['T1110'], ruleIds: ['5710'], references: [], externalLink: null, origin: null },
  observables: [seen('ip', '203.0.113.7'), seen('domain', 'a.example')],
}
const values = alertValues(alert, 'GREEN', 'AMBER')

function holds(source: string, of = values) {
  const compiled = compileAlertCondition(source)
  return 'problems' in compiled ? compiled.problems : compiled.holds(of)
}

const anyOf = (count: number, what: string) => Array(count).fill(what).join(' || ')
const walkOf = (count: number, what: string) => `alert.observables.exists(o, ${anyOf(count, what)})`
const addresses = Array.from({ length: 100 }, (_, n) => `"203.0.113.${n}"`).join(', ')

describe('a condition on an alert', () => {
  it.each([
    ['alert.source == "wazuh" && alert.rule.contains("noise")', true],
    ['alert.source == "suricata"', false],
    ['"b" in alert.tags && "T1110" in alert.techniques && "5710" in alert.ruleIds', true],
    ['alert.observables.exists(o, o.type == "ip" && o.value.startsWith("203.0.113."))', true],
    ['alert.observables[1].value == "a.example"', true],
    ['alert.observables.filter(o, o.role == "source").size() == 2', true],
    [walkOf(5, 'o.value.contains("b.example")'), false],
    [walkOf(20, 'o.type == "url"'), false],
    [`alert.observables.exists(o, o.value in [${addresses}])`, true],
    [anyOf(20, 'alert.description.contains("text")'), true],
    ['alert.severity in ["high", "critical"] && alert.tlp == "GREEN" && alert.pap != "RED"', true],
    ['alert.title.lowerAscii() == "login" && alert.type == "hids" && alert.sourceRef == "r-1"', true],
  ])('%s is %s', (source, is) => {
    expect(holds(source)).toBe(is)
  })

  it('finds what an alert does not say empty', () => {
    expect(holds('alert.rule == ""', alertValues({ ...alert, rule: null }, 'AMBER', 'AMBER'))).toBe(true)
  })

  it('cannot be told of an alert that it fails on', () => {
    expect(holds('alert.tags[0] == "a"', alertValues({ ...alert, tags: [] }, 'AMBER', 'AMBER'))).toMatchObject({
      says: expect.stringContaining('index'),
    })
  })

  it.each([
    ['a syntax error', 'alert.source = "x"', 'Unexpected character'],
    ['what is no boolean', 'alert.title', 'true or false'],
    ['an unknown variable', 'case.score > 3', 'case'],
    ['an unknown field', 'alert.rul == "x"', "unknown field 'alert.rul'"],
    ['an unknown field within has', 'has(alert.rul)', "unknown field 'alert.rul'"],
    ['an unknown field of an observable', 'alert.observables.exists(o, o.kind == "ip")', 'kind'],
    ['a word that a field never holds', 'alert.severity == "urgent"', "'urgent' is no alert.severity"],
    ['wrong types', 'alert.tags == 3', 'list'],
    ['a pattern, which may backtrack', 'alert.title.matches("(a+)+$")', "'matches' may not be called"],
    ['what makes text grow', 'alert.tags.map(t, t + t).size() > 1', "'map' may not be called"],
    ['a walk in a walk', 'alert.tags.all(t, alert.tags.exists(u, u == t))', 'within another walk'],
    ['many calls at each observable', walkOf(6, 'o.value.contains("b")'), 'at most 5 calls'],
    ['many calls in several walks', anyOf(3, walkOf(2, 'o.value.contains("b")')), 'at most 5 calls'],
    ['many steps at each observable', walkOf(30, 'o.type == "ip"'), 'at most 100 steps'],
    ['many steps in several walks', anyOf(25, walkOf(1, 'o.type == "ip"')), 'at most 100 steps'],
    ['the description at each observable', walkOf(1, 'alert.description.contains(o.value)'), 'alert.description'],
    ['a long one', `alert.title == "${'x'.repeat(2000)}"`, 'at most 2000 characters'],
    ['nothing', '', ''],
  ])('is refused for %s', (_what, source, says) => {
    const problems = holds(source)
    expect(problems).toMatchObject([{ at: expect.any(Number), says: expect.stringContaining(says) }])
  })
})
