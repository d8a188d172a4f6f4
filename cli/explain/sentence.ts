import type { AnyEvent } from './evidence.ts'

/** One event in a sentence that an analyst understands. */
export function sentence(event: AnyEvent): string {
  switch (event.kind) {
    case 'alert':
      return `${attemptText(event)}alert from ${event.alert.source}: ${event.alert.title} (${event.alert.severity}, TLP ${event.tlp}, ${event.alert.observables.length} observables${techniquesText(event.alert)})`
    case 'rejection':
      return `${attemptText(event)}rejected: ${event.rejection.code}: ${event.rejection.reason}`
    case 'suppression':
      return `suppressed by the policy ${event.suppression.policy}: ${event.suppression.reason}`
    case 'case-opened':
      return `case #${event.caseOpened.number} opened: ${event.caseOpened.reason}`
    case 'alert-linked':
      return `alert "${event.alertLinked.title}" is in case #${event.case?.number}${sharedText(event.alertLinked.joinedOn)}${notJoinedText(event.alertLinked.notJoined)}`
    case 'alert-repeated':
      return `repeats alert ${event.alertRepeated.firstAlertId.slice(0, 8)} of case #${event.case?.number}, time ${event.alertRepeated.count}`
    case 'analysis-folded':
      return `${event.analysisFolded.analyzer} says ${event.analysisFolded.verdict} of ${event.analysisFolded.value} in case #${event.case?.number}`
    case 'indicator-matched':
      return `${event.indicatorMatched.source}: ${event.indicatorMatched.eventInfo} names ${event.indicatorMatched.value} of case #${event.case?.number}${event.indicatorMatched.retro ? `, ${Math.round(event.indicatorMatched.afterMs / 1000)} s after the alert` : ''}`
    case 'verdict-changed':
      return `case #${event.case?.number}: ${event.verdictChanged.from} → ${event.verdictChanged.to}, score ${event.verdictChanged.score}: ${event.verdictChanged.because}`
    case 'case-closed':
      return `case #${event.case?.number} closed by ${event.caseClosed.by}: ${event.caseClosed.reason}`
    case 'alert-suppressed':
      return `kept out of the cases by suppression ${event.alertSuppressed.suppressionId.slice(0, 8)}: ${event.alertSuppressed.reason}`
    case 'suppression-added':
      return `suppression by ${event.suppressionAdded.by} of alerts where ${event.suppressionAdded.when}, until ${new Date(event.suppressionAdded.expiresAt).toISOString()}: ${event.suppressionAdded.reason}`
    case 'suppression-ended':
      return `suppression ${event.suppressionEnded.suppressionId.slice(0, 8)} ended by ${event.suppressionEnded.by}: ${event.suppressionEnded.reason}`
    case 'job':
      return `${event.job.analyzer} is to look at ${event.job.type} ${event.job.value}`
    case 'report':
      return `${event.report.name} says ${event.report.verdict} of ${event.report.type} ${event.report.value}`
    case 'failure':
      return `${event.failure.name} gave no report on ${event.failure.value}: ${event.failure.reason}: ${event.failure.says}`
    case 'refusal':
      return `${event.refusal.name} was not started for ${event.refusal.value}: ${event.refusal.says}`
    case 'match':
      return `${event.match.source} has an indicator for ${event.match.type} ${event.match.value}: ${event.match.eventInfo}`
    case 'dead-letter':
      return `dead letter ${event.deadLetter.code} in ${event.deadLetter.stage}: ${event.deadLetter.reason}`
    case 'planned':
      return `${actionText(event)} planned (${event.action?.mode}): ${event.planned.because}`
    case 'awaiting':
      return `${actionText(event)} waits for an approval until ${new Date(event.awaiting.expiresAt).toISOString()}`
    case 'approved':
      return `${actionText(event)} approved by ${event.approved.by}: ${event.approved.reason}`
    case 'rejected':
      return `${actionText(event)} rejected by ${event.rejected.by}: ${event.rejected.reason}`
    case 'attempted':
      return `${actionText(event)} attempted`
    case 'done':
      return `${actionText(event)} done: ${event.done.says}`
    case 'failed':
      return `${actionText(event)} failed: ${event.failed.says}`
    case 'unknown':
      return `${actionText(event)} has an unknown outcome: ${event.unknown.says}`
    case 'expired':
      return `${actionText(event)} expired: ${event.expired.says}`
    case 'digested':
      return `${actionText(event)} told in the digest: ${event.digested.says}`
    case 'noted':
      return `noted ${event.noted.input}: ${event.noted.reason}`
  }
}

function actionText(
  event: AnyEvent & {
    readonly action: { readonly actionId: string; readonly type: string; readonly caseNumber: number } | null
  },
): string {
  return event.action === null
    ? 'action'
    : `a-${event.action.actionId.slice(0, 8)} ${event.action.type} for case #${event.action.caseNumber}`
}

/** What was driven again says so. */
function attemptText({ attempt }: AnyEvent): string {
  return attempt > 0 ? `attempt ${attempt}: ` : ''
}

function techniquesText({ techniques }: { readonly techniques: readonly string[] }): string {
  return techniques.length === 0 ? '' : `, ATT&CK ${techniques.join(' ')}`
}

function sharedText(joinedOn: readonly { readonly type: string; readonly value: string }[]): string {
  return joinedOn.length === 0 ? '' : `, by ${joinedOn.map(each => `${each.type} ${each.value}`).join(', ')}`
}

function notJoinedText(notJoined: readonly { readonly value: string; readonly because: string }[]): string {
  if (notJoined.length === 0) return ''
  return `; not joined on ${notJoined
    .slice(0, 5)
    .map(each => `${each.value} (${each.because})`)
    .join(', ')}`
}
