import { readFileSync } from 'node:fs'
import { readWarninglists } from '../../adapters/misp/warninglist-folder.ts'
import type { SourceFile } from '../../core/yaml-file.ts'
import { readSettings } from '../../runtime/config/read-settings.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Alert } from '../../schemas/generated/types.ts'
import { type Chosen, chosenFor, type Judged, judge } from '../../services/ingest/judge.ts'
import type { DeclaredMapper } from '../../services/ingest/mappings/compile.ts'
import { type MapperOrigin, mappersWith } from '../../services/ingest/mappings/mapper-set.ts'
import { type Trace, traceOf } from '../../services/ingest/mappings/trace.ts'
import { type Part, partsOf } from '../../services/ingest/parts.ts'
import { type IngestRules, ingestRulesOf } from '../../services/ingest/rules.ts'
import { sourcesOf } from '../../services/ingest/sources-file.ts'
import { table } from '../table.ts'
import { shippedConfig } from '../up/defaults.ts'
import { type ExitCode, type Flags, type Io, textFlag, UsageError, type Verb } from '../verb.ts'
import { alertsOf } from './send.ts'

type Env = Readonly<Record<string, string | undefined>>
type Read = { readonly part: Part; readonly judged: Judged; readonly chosen: Chosen | undefined }
/** An alert with what read it, and the places of the document that its fields come from. */
type Told = {
  readonly judged: Judged
  readonly alert: Alert
  readonly mapper: { readonly kind: string; readonly origin: MapperOrigin; readonly by: Chosen['by'] }
  readonly from: Trace
}

/** What ingest would make of the bytes of a file, on no broker at all; exits 3 where it would reject a part of them. */
export const source: Verb = {
  name: 'source',
  usage: 'test FILE [--source S] [--mapping FILE.yaml] | list',
  summary: 'what ingest would make of a file (- reads stdin), and by which mappers',
  words: 2,
  options: { source: { type: 'string' }, mapping: { type: 'string' } },
  async run([what, file], flags, io) {
    const path = textFlag(flags, 'mapping')
    const mappings = path === undefined ? [] : [{ path, text: readFileSync(path, 'utf8') }]
    if (what === 'list' && file === undefined) return listed(rulesFrom(io.env, mappings), flags, io)
    if (what !== 'test') throw new UsageError('say test or list')
    if (file === undefined) throw new UsageError('FILE is missing')
    return tested(readFileSync(file === '-' ? 0 : file), mappings, flags, io)
  },
}

function listed(rules: IngestRules, flags: Flags, io: Io): ExitCode {
  const rows = rules.mappers.all.map(({ mapper, origin }) => ({ kind: mapper.kind, origin, what: mapper.what }))
  io.out(
    flags.json === true
      ? JSON.stringify(rows)
      : table(
          ['kind', 'from', 'what'],
          rows.map(({ kind, origin, what }) => [kind, origin, what]),
        ),
  )
  return 0
}

function tested(bytes: Buffer, mappings: readonly SourceFile[], flags: Flags, io: Io): ExitCode {
  const rules = rulesFrom(io.env, mappings)
  const tried = mappings.length === 0 ? undefined : triedIn(rules)
  // What has no `when` reads only what is declared; each kind is a source of its own name.
  const named =
    textFlag(flags, 'source') ?? (tried !== undefined && tried.mapping.when === undefined ? tried.kind : null)
  const alerts: Told[] = []
  let isRejected = false
  for (const { part, judged, chosen } of readOf(bytes, named, rules, Date.now())) {
    const { outcome } = judged
    if (tried !== undefined && chosen !== undefined && chosen.mapper !== tried) {
      io.err(
        `${tried.kind} was not chosen: ${tried.misfit(part.body ?? {}) ?? 'the source that was said is of another kind'}`,
      )
    }
    if (outcome.kind === 'suppression') {
      io.err(`suppressed by the policy ${outcome.suppression.policy}: ${outcome.suppression.reason}`)
    } else if (outcome.kind === 'rejection') {
      isRejected = true
      io.err(`rejected: ${outcome.rejection.code}: ${outcome.rejection.reason}`)
    } else if (chosen !== undefined) {
      const origin = rules.mappers.all.find(({ mapper }) => mapper === chosen.mapper)?.origin ?? 'code'
      const mapper = { kind: chosen.mapper.kind, origin, by: chosen.by }
      alerts.push({ judged, alert: outcome.alert, mapper, from: traceOf(chosen.mapper, part.body ?? {}) })
    }
  }
  io.out(flags.json === true ? JSON.stringify(alerts.map(document)) : alerts.map(text).join('\n\n'))
  return isRejected ? 3 : 0
}

function triedIn(rules: IngestRules): DeclaredMapper | undefined {
  const mapper = rules.mappers.all.findLast(({ origin }) => origin === 'yours')?.mapper
  return mapper !== undefined && 'mapping' in mapper ? mapper : undefined
}

/** As `send` would publish the file: one record per line of NDJSON, otherwise one. */
function readOf(bytes: Buffer, declared: string | null, rules: IngestRules, at: number): readonly Read[] {
  return alertsOf(bytes).flatMap(record => {
    const parts = partsOf(record, rules.mappers)
    const received = { tenant: null, source: declared, topic: topics.alertsRaw.name, at, parts: parts.length }
    return parts.map((part, index) => ({
      part,
      judged: judge(rules, { ...received, part: index }, part),
      chosen: part.body === undefined ? undefined : chosenFor(rules, received, part.body),
    }))
  })
}

/** The settings of ingest where they are given, otherwise those of `up`; with further mappings. */
export function rulesFrom(given: Env, mappings: readonly SourceFile[] = []): IngestRules {
  const env = { ...shippedConfig(), ...given }
  const own = ['VIGIA_OWN_NETWORKS', 'VIGIA_OWN_DOMAINS'] as const
  const settings = readSettings(env, ['VIGIA_SOURCES', 'VIGIA_MAPPINGS', 'VIGIA_WARNINGLISTS', ...own])
  const file = settings.VIGIA_SOURCES
  const lists = settings.VIGIA_WARNINGLISTS
  const mappers = mappersWith(settings.VIGIA_MAPPINGS, mappings)
  return ingestRulesOf({
    ...(file === undefined ? {} : { sources: sourcesOf(readFileSync(file, 'utf8'), file, mappers) }),
    mappers,
    ownNetworks: settings.VIGIA_OWN_NETWORKS,
    ownDomains: settings.VIGIA_OWN_DOMAINS,
    warninglists: lists === undefined ? [] : readWarninglists(lists),
  })
}

const why = { source: 'the source that was said', topic: 'its topic', shape: 'its shape' } as const

function document({ judged: { outcome: _, ...placed }, alert, mapper, from }: Told) {
  const observables = alert.observables.map(({ type, value, role, path }) => ({ type, value, role, path }))
  return { ...placed, ...alert, observables, mapper, from }
}

function text({ judged: { domain, tlp, pap }, alert, mapper, from }: Told): string {
  return [
    `${alert.source}: ${alert.title}  (${alert.type}, ${alert.severity}, TLP ${tlp}, PAP ${pap}, domain ${domain})`,
    `  read as ${mapper.kind} (${mapper.origin}), by ${why[mapper.by]}`,
    `  fingerprint ${alert.fingerprint}`,
    ...Object.entries(from).map(([field, places]) => `  ${field.padEnd(12)}  from ${places.join(', ')}`),
    ...alert.observables.map(each => {
      const flags = each.flags.length === 0 ? '' : `  [${each.flags.join(', ')}]`
      return `  ${each.role.padEnd(9)}  ${each.type} ${each.value}  at ${each.path}${flags}`
    }),
  ].join('\n')
}
