import type { Case } from '../../schemas/generated/types.ts'
import { table } from '../table.ts'
import { ledgerLine } from '../verbs/ledger.ts'
import type { Outcome, Response } from './outcome.ts'

const mostCases = 12
const widest = 120

/** About 30 lines that a SOC lead understands without help. `received`: calls at the receiver, by action id. */
export function outcomeText(outcome: Outcome, received: ReadonlyMap<string, number>): string {
  const told = outcome.cases.toSorted((a, b) => weight(b) - weight(a)).slice(0, mostCases)
  const more = outcome.cases.length - told.length
  const lines = [
    table(['CASE', 'SEV', 'TLP', 'VERDICT', 'ALERTS', 'WHY'], told.toSorted((a, b) => a.number - b.number).map(row)),
    ...(more > 0 ? [`and ${more} more cases: vigia case list`] : []),
    `not joined on  ${outcome.notJoined
      .slice(0, 4)
      .map(each => `${each.value} (${each.because}, ${each.alerts} alert${each.alerts === 1 ? '' : 's'})`)
      .join('   ')}`,
    '',
    analysesLine(outcome),
    ...outcome.retroMatches.map(
      each =>
        `           retro-match: an indicator that arrived ${Math.max(1, Math.round(each.afterMs / 1000))} s after the alert raised #${each.number} (${each.eventInfo})`,
    ),
    ...outcome.responses.map(
      (response, index) => `${index === 0 ? 'RESPONSES ' : '          '} ${responseText(response, received)}`,
    ),
    `LEDGER     ${ledgerLine(outcome.ledger)}`,
  ]
  return lines.join('\n')
}

function row(each: Case): string[] {
  const alerts = `${each.alerts}${each.repeats > 0 ? ` +${each.repeats}rep` : ''}`
  return [`#${each.number}`, each.severity, each.tlp, each.verdict, alerts, why(each)]
}

function why(each: Case): string {
  const [joined] = each.joinedOn.toSorted((a, b) => b.alerts - a.alerts)
  const findings = each.findings.filter(finding => finding.verdict !== 'benign').slice(0, 2)
  const parts = [
    joined === undefined
      ? each.alerts === 1
        ? 'opened alone'
        : ''
      : `${joined.type} ${short(joined.value)} (${joined.role}) in ${joined.alerts} alerts`,
    ...findings.map(finding => `${short(finding.value)}: ${finding.says}`),
    each.tlp === 'RED' ? 'not analysed outside, see below' : '',
  ]
  const text = parts.filter(part => part !== '').join('; ')
  return text.length <= widest ? text : `${text.slice(0, widest - 1)}…`
}

function analysesLine({ analyses }: Outcome): string {
  const names: Readonly<Record<string, string>> = { tlp: 'by TLP', pap: 'by PAP', private: 'private', own: 'own' }
  const refused = Object.entries(analyses.refused).map(([reason, count]) => `${count} ${names[reason] ?? reason}`)
  const failed = analyses.failed > 0 ? `, ${analyses.failed} failed` : ''
  return `ANALYSES   ${analyses.run} run${failed}, ${analyses.answered} more answered by the same result; refused before any process started: ${refused.join(', ') || 'none'}`
}

function responseText(response: Response, received: ReadonlyMap<string, number>): string {
  const id = `a-${response.actionId.slice(0, 8)}`
  const what = `${id} ${response.type} #${response.caseNumber}`
  if (response.state === 'awaiting') return `${what} WAITING, expires in 4 h: vigia response approve ${id}`
  if (response.state === 'done') return `${what} done (receiver counted ${received.get(response.actionId) ?? 0})`
  return `${what} ${response.state}`
}

function short(value: string): string {
  return value.length > 40 ? `${value.slice(0, 16)}…` : value
}

function weight(each: Case): number {
  const verdicts = ['unknown', 'benign', 'suspicious', 'malicious']
  return verdicts.indexOf(each.verdict) * 1000 + each.alerts * 10 + each.repeats + (each.tlp === 'RED' ? 500 : 0)
}
