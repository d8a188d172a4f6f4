import { severities } from '../../../core/severity.ts'
import { tlps } from '../../../core/tlp.ts'
import { verdicts } from '../../../core/verdict.ts'
import type { CaseEvent } from '../../../schemas/generated/types.ts'

/** What a condition and a text may name, by variable and field. The one table: types, samples and messages follow it. */
export const variables = {
  case: {
    number: 'int',
    title: 'string',
    status: 'string',
    severity: 'string',
    tlp: 'string',
    verdict: 'string',
    score: 'int',
    alerts: 'int',
    observables: 'int',
  },
  alert: { title: 'string', source: 'string', severity: 'string' },
  observable: { type: 'string', value: 'string' },
  result: { by: 'string', verdict: 'string', score: 'int', retro: 'bool' },
} as const satisfies Record<string, Record<string, 'int' | 'string' | 'bool'>>

/** Fields that hold one of a few words: a rule that compares them with any other word would never hold. */
export const closedFields: Readonly<Record<string, readonly string[]>> = {
  'case.status': ['open', 'closed'],
  'case.severity': severities,
  'case.tlp': tlps,
  'case.verdict': verdicts,
  'alert.severity': [...severities, ''],
  'result.verdict': [...verdicts, ''],
}

type Value<Type> = Type extends 'int' ? bigint : Type extends 'bool' ? boolean : string

/** The values for one event. What the event has no part in is empty: `''`, 0 or false. */
export type Variables = {
  readonly [Name in keyof typeof variables]: {
    readonly [Field in keyof (typeof variables)[Name]]: Value<(typeof variables)[Name][Field]>
  }
}

export type VariableName = keyof typeof variables

export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(variables, name)
}

export function fieldsOf(name: VariableName): readonly string[] {
  return Object.keys(variables[name])
}

/** An event that conditions are tried on when they are loaded. */
export const sample: Variables = {
  case: {
    ...{ number: 12n, title: 'Outbound connection to a known command server', status: 'open', severity: 'high' },
    ...{ tlp: 'AMBER', verdict: 'malicious', score: 6n, alerts: 3n, observables: 5n },
  },
  alert: { title: 'ET MALWARE CnC Beacon', source: 'suricata', severity: 'high' },
  observable: { type: 'ip', value: '203.0.113.7' },
  result: { by: 'AbuseIPDB_1_0', verdict: 'malicious', score: 2n, retro: false },
}

const nothing = {
  alert: { title: '', source: '', severity: '' },
  observable: { type: '', value: '' },
  result: { by: '', verdict: '', score: 0n, retro: false },
} as const

/** What an event is to a playbook; undefined where it is of a kind that none is asked about. */
export function variablesOf(event: CaseEvent): Variables | undefined {
  const about = event.case
  if (about === null) return undefined
  const { title, status, severity, tlp, verdict } = about
  const summary = {
    ...{ number: BigInt(about.number), title, status, severity, tlp, verdict },
    ...{ score: BigInt(about.score), alerts: BigInt(about.alerts), observables: BigInt(about.observables) },
  }
  switch (event.kind) {
    case 'case-opened':
    case 'verdict-changed':
      return { ...nothing, case: summary }
    case 'alert-linked': {
      const { title, source, severity } = event.alertLinked
      return { ...nothing, case: summary, alert: { title, source, severity } }
    }
    case 'analysis-folded': {
      const { analyzer, type, value, verdict, score } = event.analysisFolded
      const result = { by: analyzer, verdict, score: BigInt(score), retro: false }
      return { ...nothing, case: summary, observable: { type, value }, result }
    }
    case 'indicator-matched': {
      const { source, type, value, toIds, retro } = event.indicatorMatched
      const result = { by: source, verdict: toIds ? 'malicious' : 'suspicious', score: 0n, retro }
      return { ...nothing, case: summary, observable: { type, value }, result }
    }
    default:
      return undefined
  }
}
