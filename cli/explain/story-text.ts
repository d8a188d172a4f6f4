import type { AlertRecord } from '../../schemas/generated/types.ts'
import { timeText } from '../table.ts'
import type { Occurrence } from './occurrences.ts'
import type { Story } from './story.ts'

/** Raw records by their id, as text. */
export type RawTexts = Readonly<Record<string, string>>

const mostCharacters = 600
const mostObservables = 8
const mostOccurrences = 20

export function storyDocument(id: string, story: Story, raw: RawTexts) {
  const { steps, occurrences, deadLetters } = story
  return { id, alert: alertDocument(story.alert), raw, steps, occurrences, dead_letters: deadLetters }
}

/** What was said, from the raw bytes on; how often it was received; what happened; and what can be done about what failed. */
export function storyText(story: Story, raw: RawTexts): string {
  const sections = [
    alertLines(story.alert),
    rawLines(story, raw),
    occurrenceLines(story),
    stepLines(story),
    dlqLines(story),
  ]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

function alertDocument(record: AlertRecord | undefined) {
  if (record?.kind !== 'alert') return null
  const { source, type, sourceRef, title, severity, tags, rule, fingerprint, techniques, ruleIds, references } =
    record.alert
  const { tenant, domain, tlp, pap, at, eventTime, rawId } = record
  return {
    ...{ source, tenant, domain, type, sourceRef, title, severity, tlp, pap, at, eventTime, rawId, fingerprint },
    ...{ tags, rule, ruleIds, techniques, references },
  }
}

function alertLines(record: AlertRecord | undefined): string[] {
  if (record?.kind !== 'alert') return []
  const { alert } = record
  const observables = alert.observables
    .slice(0, mostObservables)
    .map(({ type, value, role, flags }) => `${type} ${value} (${[role, ...flags].join(', ')})`)
  const more = alert.observables.length - observables.length
  const rules = [alert.rule ?? '', ...alert.ruleIds].filter(each => each !== '')
  const facts: [string, string][] = [
    ['from', `${alert.source} of ${record.tenant}, ${alert.type} ${alert.sourceRef}`],
    ['marked', `${alert.severity}, TLP ${record.tlp}, PAP ${record.pap}`],
    ['happened', timeText(record.eventTime)],
    ['received', timeText(record.at)],
    ['rule', rules.join(', ')],
    ['ATT&CK', alert.techniques.join(', ')],
    ['see', [alert.externalLink ?? '', ...alert.references].filter(each => each !== '').join('  ')],
    ['tags', alert.tags.join(', ')],
    ['observables', `${observables.join(', ')}${more > 0 ? `, and ${more} more` : ''}`],
    ['fingerprint', alert.fingerprint],
  ]
  return [
    `ALERT ${alert.title}`,
    ...facts.flatMap(([name, text]) => (text === '' ? [] : [`  ${name.padEnd(12)}${text}`])),
  ]
}

function rawLines({ rawIds }: Story, raw: RawTexts): string[] {
  const left = rawIds.filter(rawId => raw[rawId] === undefined).length
  return [
    ...Object.entries(raw).map(
      ([rawId, text]) => `RAW ${rawId}\n  ${shortText(text.trimEnd()).replaceAll('\n', '\n  ')}`,
    ),
    ...(left > 0
      ? [`and ${left} more raw ${left === 1 ? 'record' : 'records'}: not shown, or removed by retention`]
      : []),
  ]
}

function occurrenceLines({ occurrences }: Story): string[] {
  const [only] = occurrences
  if (only === undefined || (occurrences.length === 1 && only.attempt === 0)) return []
  const shown = occurrences.slice(0, mostOccurrences)
  const left = occurrences.length - shown.length
  return [
    `RECEIVED ${occurrences.length} times`,
    ...shown.map(each => `  ${timeText(each.at)}  ${each.partId}  ${attemptText(each)}${each.says}`),
    ...(left > 0 ? [`  and ${left} more: --json tells all`] : []),
  ]
}

function attemptText({ attempt, origin }: Occurrence): string {
  return attempt === 0 ? '' : `attempt ${attempt} at ${origin}: `
}

function stepLines({ steps }: Story): string[] {
  if (steps.length === 0)
    return ['No stage has recorded anything of it yet: `vigia ledger` says whether it is pending.']
  return ['WHAT HAPPENED', ...steps.map(step => `  ${timeText(step.at)}  ${step.topic.padEnd(16)}  ${step.says}`)]
}

/** Only what is still rejected: what was driven again with success needs nothing. */
function dlqLines({ deadLetters, occurrences }: Story): string[] {
  const latest = occurrences.toSorted((a, b) => a.attempt - b.attempt).at(-1)
  if (deadLetters.length === 0 || (latest !== undefined && latest.attempt > 0 && latest.outcome !== 'rejected'))
    return []
  const id = (deadLetters.at(-1) ?? '').slice(0, 8)
  return [
    'TO MEND IT',
    `  vigia dlq show ${id}                  the bytes, and what is wrong with them`,
    `  vigia dlq redrive ${id} --dry-run     what would come of them now`,
    `  vigia dlq redrive ${id} --edit FILE   drives them again, mended`,
  ]
}

function shortText(text: string): string {
  if (text.length <= mostCharacters) return text
  return `${text.slice(0, mostCharacters)}… (${mostCharacters} of ${text.length} characters)`
}
