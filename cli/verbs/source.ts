import { readFileSync } from 'node:fs'
import { readWarninglists } from '../../adapters/misp/warninglist-folder.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Alert } from '../../schemas/generated/types.ts'
import { type Judged, judge } from '../../services/ingest/judge.ts'
import { partsOf } from '../../services/ingest/parts.ts'
import { type IngestRules, ingestRulesOf } from '../../services/ingest/rules.ts'
import { sourcesOf } from '../../services/ingest/sources-file.ts'
import { shippedConfig } from '../up/defaults.ts'
import { textFlag, UsageError, type Verb } from '../verb.ts'
import { alertsOf } from './send.ts'

type Env = Readonly<Record<string, string | undefined>>
type Read = Omit<Judged, 'outcome'> & { readonly alert: Alert }

/** What ingest would make of the bytes of a file, on no broker at all; exits 3 where it would reject a part of them. */
export const source: Verb = {
  name: 'source',
  usage: 'test FILE [--source S]',
  summary: 'what ingest would make of a file (- reads stdin)',
  words: 2,
  options: { source: { type: 'string' } },
  async run([what, file], flags, io) {
    if (what !== 'test') throw new UsageError('say test')
    if (file === undefined) throw new UsageError('FILE is missing')
    const bytes = readFileSync(file === '-' ? 0 : file)
    const judged = judgedOf(bytes, textFlag(flags, 'source') ?? null, rulesFrom(io.env), Date.now())
    const alerts: Read[] = []
    let isRejected = false
    for (const { outcome, ...placed } of judged) {
      if (outcome.kind === 'alert') alerts.push({ ...placed, alert: outcome.alert })
      else if (outcome.kind === 'suppression')
        io.err(`suppressed by the policy ${outcome.suppression.policy}: ${outcome.suppression.reason}`)
      else {
        isRejected = true
        io.err(`rejected: ${outcome.rejection.code}: ${outcome.rejection.reason}`)
      }
    }
    io.out(flags.json === true ? JSON.stringify(alerts.map(document)) : alerts.map(text).join('\n\n'))
    return isRejected ? 3 : 0
  },
}

/** As `send` would publish the file: one record per line of NDJSON, otherwise one. */
export function judgedOf(bytes: Buffer, declared: string | null, rules: IngestRules, at: number): readonly Judged[] {
  return alertsOf(bytes).flatMap(record => {
    const parts = partsOf(record)
    const received = { tenant: null, source: declared, topic: topics.alertsRaw.name, at, parts: parts.length }
    return parts.map((each, part) => judge(rules, { ...received, part }, each))
  })
}

/** The settings of ingest where they are given, otherwise those of `up`. */
function rulesFrom(given: Env): IngestRules {
  const env = { ...shippedConfig(), ...given }
  const names = ['VIGIA_SOURCES', 'VIGIA_WARNINGLISTS', 'VIGIA_OWN_NETWORKS', 'VIGIA_OWN_DOMAINS'] as const
  const settings = readSettings(env, names)
  const file = settings.VIGIA_SOURCES
  const lists = settings.VIGIA_WARNINGLISTS
  return ingestRulesOf({
    ...(file === undefined ? {} : { sources: sourcesOf(readFileSync(file, 'utf8'), file) }),
    ownNetworks: settings.VIGIA_OWN_NETWORKS,
    ownDomains: settings.VIGIA_OWN_DOMAINS,
    warninglists: lists === undefined ? [] : readWarninglists(lists),
  })
}

function document({ alert, ...placed }: Read) {
  const observables = alert.observables.map(({ type, value, role, path }) => ({ type, value, role, path }))
  return { ...placed, ...alert, observables }
}

function text({ alert, domain, tlp, pap }: Read): string {
  return [
    `${alert.source}: ${alert.title}  (${alert.type}, ${alert.severity}, TLP ${tlp}, PAP ${pap}, domain ${domain})`,
    `  fingerprint ${alert.fingerprint}`,
    ...alert.observables.map(each => {
      const flags = each.flags.length === 0 ? '' : `  [${each.flags.join(', ')}]`
      return `  ${each.role.padEnd(9)}  ${each.type} ${each.value}  at ${each.path}${flags}`
    }),
  ].join('\n')
}
