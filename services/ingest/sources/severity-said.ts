import {
  type Severity,
  severities,
  severityFromName,
  severityFromRisk,
  severityFromTheHive,
} from '../../../core/severity.ts'

/**
 * A severity of an unknown sender: a word, 1 to 4 as TheHive counts, or a score up to 100 as Elastic counts; numbers also as
 * text. `undefined` where it is none of these.
 */
export function severitySaid(value: unknown): Severity | undefined {
  const number = numberOf(value)
  if (number !== undefined) return severityFromTheHive(number) ?? severityFromRisk(number)
  return severityFromName(value)
}

/** OpenSearch Alerting counts triggers the other way: 1 is the highest, 5 the lowest. */
export function severityOfTrigger(value: unknown): Severity | undefined {
  const number = numberOf(value)
  if (number === undefined || !Number.isInteger(number) || number < 1 || number > 5) return undefined
  return severities[Math.max(0, severities.length - number)]
}

/** A number, or a text that is one. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d{1,6}(?:\.\d+)?$/.test(value.trim()) ? Number(value) : undefined
}
