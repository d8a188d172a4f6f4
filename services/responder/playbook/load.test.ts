import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isVigiaError } from '../../../core/errors.ts'
import type { Target } from '../targets.ts'
import { loadPlaybooks } from './load.ts'
import { sample } from './variables.ts'

const soc: Target = {
  ...{ type: 'notify.webhook', name: 'soc', url: 'https://chat.example/hooks/s3cret', token: 's3cret' },
  ...{ maxTlp: 'GREEN', link: null },
}

const good = `name: one
rules:
  - name: high
    when: case.score >= 5 && case.severity in ['high', 'critical']
    do:
      - action: notify.webhook
        target: soc
        text: "Case #{{case.number}}: {{ case.title }}"
`

function problemsOf(text: string, targets: readonly Target[] = [soc], path = 'playbooks/one.yaml'): readonly string[] {
  try {
    loadPlaybooks([{ path, text }], targets)
    return []
  } catch (error) {
    if (!isVigiaError(error, 'VIG_FILE_INVALID')) throw error
    return error.message.split('\n')
  }
}

const caseFields = ['number', 'title', 'status', 'severity', 'tlp', 'verdict', 'score', 'alerts', 'observables']
const knownOfCase = `(known: ${caseFields.map(each => `case.${each}`).join(', ')})`

describe('playbook-typo-names-file-and-line', () => {
  it.each([
    [
      'an unknown variable',
      'case.score',
      'cas.score',
      '4: rules[0].when: Unknown variable: cas (known: case, alert, observable, result)',
    ],
    ['an unknown field', 'case.score', 'case.scroe', `4: rules[0].when: unknown field 'case.scroe' ${knownOfCase}`],
    [
      'an unknown field in has()',
      'case.score >= 5',
      'has(case.scroe)',
      `4: rules[0].when: unknown field 'case.scroe' ${knownOfCase}`,
    ],
    [
      'a word that no severity is',
      "'critical'",
      "'critcal'",
      "4: rules[0].when: 'critcal' is no case.severity (known: low, medium, high, critical)",
    ],
    ['a comparison of unlike things', '>= 5', "> 'five'", '4: rules[0].when: no such overload: int > string'],
    ['half a condition', '>= 5 &&', '>= &&', '4: rules[0].when: Unexpected token: AND'],
    [
      'a condition that is no question',
      ">= 5 && case.severity in ['high', 'critical']",
      '+ 5',
      '4: rules[0].when: a condition is true or false, this one is int',
    ],
    [
      'an expression that fails when tried',
      'case.score >= 5',
      "case.title.matches('[')",
      '4: rules[0].when: Invalid regular expression: [',
    ],
    ['an unknown key of a rule', 'when:', 'wehn:', "4: rules[0]: unknown key 'wehn' (known: name, when, do)"],
    [
      'an unknown key of a step',
      'text:',
      'txet:',
      "8: rules[0].do[0]: unknown key 'txet' (known: action, target, approval, text)",
    ],
    [
      'an unknown key of the playbook',
      'name: one',
      'name: one\nmood: live',
      "2: unknown key 'mood' (known: name, mode, rules)",
    ],
    [
      'an unknown mode',
      'name: one',
      'name: one\nmode: alive',
      '2: mode: Invalid option: expected one of "shadow"|"live"',
    ],
    [
      'an unknown action',
      'notify.webhook',
      'notify.webhok',
      '6: rules[0].do[0].action: unknown action (known: notify.webhook, notify.telegram)',
    ],
    [
      'an action of another type than its target',
      'notify.webhook',
      'notify.telegram',
      "6: rules[0].do[0].action: the target 'soc' is notify.webhook, not notify.telegram",
    ],
    ['an unknown target', 'target: soc', 'target: sco', "7: rules[0].do[0].target: unknown target 'sco' (known: soc)"],
    [
      'an unknown name in a text',
      '{{ case.title }}',
      '{{case.titel}}',
      `8: rules[0].do[0].text: unknown field in {{case.titel}} ${knownOfCase}`,
    ],
    [
      'an unknown variable in a text',
      '{{ case.title }}',
      '{{title}}',
      '8: rules[0].do[0].text: unknown variable in {{title}} (known: case, alert, observable, result)',
    ],
    [
      'half a name in a text',
      '{{ case.title }}',
      '{{ case.title',
      '8: rules[0].do[0].text: a {{ or }} without its other half',
    ],
    ['broken YAML', 'name: high', 'name: "high', '3: '],
  ])('refuses %s', (_what, from, to, expected) => {
    expect(good).toContain(from)
    expect(problemsOf(good.replace(from, to)).some(each => each.startsWith(`playbooks/one.yaml:${expected}`))).toBe(
      true,
    )
  })
  it('names the line within a condition of several lines', () => {
    const text = good.replace(/when: .*/, "when: |\n      case.score >= 5\n      && cas.verdict == 'malicious'")
    expect(problemsOf(text)[0]).toMatch(/^playbooks\/one\.yaml:6: .*Unknown variable: cas/)
  })
  it('tells everything that is wrong at once, file by file', () => {
    const bad = good.replace('case.score', 'cas.score').replace('target: soc', 'target: sco').replace('text:', 'txet:')
    const load = () =>
      loadPlaybooks(
        [
          { path: 'a.yaml', text: bad },
          { path: 'b.yaml', text: bad },
        ],
        [soc],
      )
    let lines: readonly string[] = []
    try {
      load()
    } catch (error) {
      lines = (error as Error).message.split('\n').map(each => each.split(' ')[0] ?? '')
    }
    expect(lines).toEqual(['a.yaml:4:', 'a.yaml:7:', 'a.yaml:8:', 'b.yaml:4:', 'b.yaml:7:', 'b.yaml:8:'])
  })
  it('refuses a second playbook, and a second rule, of the same name', () => {
    const twice = good.replace(
      'rules:\n',
      "rules:\n  - { name: high, when: 'true', do: [{ action: notify.webhook, target: soc }] }\n",
    )
    expect(problemsOf(twice)).toEqual(["playbooks/one.yaml:4: rules[1].name: the rule 'high' is there twice"])
    const load = () =>
      loadPlaybooks(
        [
          { path: 'a.yaml', text: good },
          { path: 'b.yaml', text: good },
        ],
        [soc],
      )
    expect(load).toThrow("b.yaml:1: the playbook 'one' is in a.yaml already")
  })
})

describe('a playbook', () => {
  it('is in shadow until live is written', () => {
    expect(loadPlaybooks([{ path: 'a', text: good }], [soc]).rules[0]?.mode).toBe('shadow')
    expect(loadPlaybooks([{ path: 'a', text: `mode: live\n${good}` }], [soc]).rules[0]?.mode).toBe('live')
  })
  it('fills its text from the event, once', () => {
    const text = loadPlaybooks([{ path: 'a', text: good }], [soc]).rules[0]?.do[0]?.text
    expect(text?.fill({ ...sample, case: { ...sample.case, title: '{{case.tlp}}' } })).toBe('Case #12: {{case.tlp}}')
  })
  it('says that a condition cannot be told instead of failing on the stream', () => {
    const text = good.replace(/when: .*/, 'when: case.score / case.alerts > 1')
    const when = loadPlaybooks([{ path: 'a', text }], [soc]).rules[0]?.when
    expect(when?.holds(sample)).toBe(true)
    expect(when?.holds({ ...sample, case: { ...sample.case, alerts: 0n } })).toEqual({ says: 'division by zero' })
  })
  it('has a hash that changes with what decides, and a record without addresses or secrets', () => {
    const one = loadPlaybooks([{ path: 'a', text: good }], [soc])
    const moved = loadPlaybooks(
      [{ path: 'b', text: `# said otherwise\n${good}` }],
      [{ ...soc, url: 'https://other.example' }],
    )
    const wider = loadPlaybooks([{ path: 'a', text: good }], [{ ...soc, maxTlp: 'AMBER' }])
    const live = loadPlaybooks([{ path: 'a', text: `mode: live\n${good}` }], [soc])
    expect(moved.hash).toBe(one.hash)
    expect(new Set([one.hash, wider.hash, live.hash]).size).toBe(3)
    expect(one.content).not.toContain('s3cret')
  })
  it.each(['score-notice', 'malicious-needs-approval'])('is shipped so that it loads, in shadow: %s', name => {
    const path = new URL(`../playbooks/${name}.yaml`, import.meta.url)
    const { rules } = loadPlaybooks([{ path: name, text: readFileSync(path, 'utf8') }], [soc])
    expect(rules.map(each => [each.playbook, each.mode])).toEqual([[name, 'shadow']])
  })
})
