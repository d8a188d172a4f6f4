/** Severity of alerts and cases, and what the numbers of the sources mean (contract section 6.9). Absent = medium. */

export const severities = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]
export const defaultSeverity: Severity = 'medium'

export function highestSeverity(...all: readonly Severity[]): Severity {
  return severities[Math.max(0, ...all.map(each => severities.indexOf(each)))] ?? defaultSeverity
}

/** 1 to 4, as TheHive counts. */
export function severityFromTheHive(value: unknown): Severity | undefined {
  return isWhole(value) ? severities[value - 1] : undefined
}

const names: Readonly<Record<string, Severity>> = {
  ...{ informational: 'low', information: 'low', info: 'low', notice: 'low', debug: 'low', low: 'low' },
  ...{ medium: 'medium', moderate: 'medium', warning: 'medium', warn: 'medium' },
  ...{ high: 'high', error: 'high', major: 'high' },
  ...{ critical: 'critical', crit: 'critical', emergency: 'critical', alert: 'critical', severe: 'critical' },
}

export function severityFromName(value: unknown): Severity | undefined {
  const name = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return Object.hasOwn(names, name) ? names[name] : undefined
}

const bySignature: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  major: 'high',
  minor: 'low',
  informational: 'low',
}

/** Suricata counts the other way: 1 is the highest. `signature_severity`, where a rule has it, says more. Contract sources 6.4. */
export function severityFromSuricata(priority: unknown, signatureSeverity?: unknown): Severity | undefined {
  const said = typeof signatureSeverity === 'string' ? bySignature[signatureSeverity.toLowerCase()] : undefined
  if (said !== undefined) return said
  if (!isWhole(priority) || priority < 1) return undefined
  return priority === 1 ? 'high' : priority === 2 ? 'medium' : 'low'
}

export function severityFromWazuh(level: unknown): Severity | undefined {
  if (!isWhole(level) || level < 0) return undefined
  return level >= 15 ? 'critical' : level >= 12 ? 'high' : level >= 7 ? 'medium' : 'low'
}

/** Elastic's risk score, 0 to 100. */
export function severityFromRisk(score: unknown): Severity | undefined {
  if (typeof score !== 'number' || !(score >= 0 && score <= 100)) return undefined
  return score >= 99 ? 'critical' : score >= 73 ? 'high' : score >= 47 ? 'medium' : 'low'
}

/** Sigma and ElastAlert: priority 0 to 4. */
export function severityFromPriority(priority: unknown): Severity | undefined {
  if (!isWhole(priority) || priority < 0 || priority > 4) return undefined
  return severities[Math.max(0, priority - 1)]
}

/** MISP's threat level: 1 is the highest, 4 is undefined. */
export function severityFromThreatLevel(level: unknown): Severity | undefined {
  const known: Readonly<Record<string, Severity>> = { '1': 'high', '2': 'medium', '3': 'low', '4': 'medium' }
  return Object.hasOwn(known, String(level)) ? known[String(level)] : undefined
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}
