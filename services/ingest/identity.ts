import type { JsonObject } from './json-object.ts'
import { chosenFor, judge, namedSource, speaksTheHive } from './judge.ts'
import type { IngestRules } from './rules.ts'
import { defaultSettings, domainOf } from './source-settings.ts'

/** What the API must know before the stream does: the domain, the fingerprint and the source that ingest will give an alert. */

export function domainFor(rules: IngestRules): (tenant: string, source: string) => string {
  return (tenant, source) => domainOf(tenant, rules.sources.get(source) ?? defaultSettings(source, 'generic'))
}

export function fingerprintFor(
  rules: IngestRules,
): (body: JsonObject, source: string, tenant: string) => string | undefined {
  return (body, source, tenant) => {
    const received = { tenant, source, topic: 'alerts.raw', at: 0, part: 0, parts: 1 }
    const { outcome } = judge(rules, received, { body })
    return outcome.kind === 'alert' ? outcome.alert.fingerprint : undefined
  }
}

/** The source that an alert will have, and whether it names it as TheHive's protocol has it. */
export type SourceOfAlert = { readonly name: string; readonly byTheHive: boolean }

export function sourceFor(rules: IngestRules): (body: JsonObject, source: string) => SourceOfAlert {
  return (body, source) => {
    const { mapper, settings } = chosenFor(rules, { source, topic: 'alerts.raw' }, body)
    const named = namedSource(mapper.kind, body)
    return { name: named ?? settings.name, byTheHive: named !== undefined && speaksTheHive(mapper.kind) }
  }
}
