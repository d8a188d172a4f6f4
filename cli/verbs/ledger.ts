import { parseInstant } from '../../core/time.ts'
import { topics } from '../../schemas/catalogue.ts'
import { connect } from '../connection.ts'
import { followLedger } from '../ledger/follow.ts'
import { type Filter, type Ledger, type Outcome, outcomes, type Part } from '../ledger/outcome.ts'
import { type Progress, progress } from '../ledger/progress.ts'
import { type OffsetRange, parseOffsets, type Range } from '../ledger/range.ts'
import { type LedgerReading, readingOf } from '../ledger/read-ledger.ts'
import type { SourceFacts } from '../ledger/sources.ts'
import { serveLedger, watchLedger } from '../ledger/watch.ts'
import { ageText, table, timeText } from '../table.ts'
import { type ExitCode, type Flags, type Io, numberFlag, textFlag, textsFlag, UsageError, type Verb } from '../verb.ts'

const mostIds = 100
const mostShown = 10
const watchSeconds = 10

/** Proves from the topics alone that every part of every raw record has one outcome; exits 3 where it has not. */
export const ledger: Verb = {
  name: 'ledger',
  usage:
    '[--from TIME --to TIME | --offsets PARTITION:FROM-TO...] [--source S] [--tenant T] [--wait SECONDS] | --watch [SECONDS] [--metrics PORT]',
  summary: 'proves that every alert ended in one outcome',
  words: Number.POSITIVE_INFINITY,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    offsets: { type: 'string', multiple: true },
    source: { type: 'string' },
    tenant: { type: 'string' },
    wait: { type: 'string' },
    watch: { type: 'boolean' },
    metrics: { type: 'string' },
  },
  async run(words, flags, io) {
    if (flags.watch === true) return await watch(words, flags, io)
    if (flags.metrics !== undefined) throw new UsageError('--metrics goes with --watch')
    const range = rangeFrom(words, flags)
    const filter = filterFrom(flags)
    const waitUntil = Date.now() + (numberFlag(flags, 'wait') ?? 0) * 1000
    const connection = await connect(flags, io.env)
    try {
      const following = followLedger(connection, { range, remembers: 'all', onRead: progressTo(io) })
      const read = async (): Promise<LedgerReading> => {
        await following.round()
        return await readingOf(following, filter)
      }
      let reading = await read()
      while (reading.pending > 0 && Date.now() < waitUntil) {
        await new Promise(resolve => setTimeout(resolve, 500))
        reading = await read()
      }
      io.out(flags.json === true ? JSON.stringify(ledgerDocument(reading)) : ledgerText(reading))
      if (!reading.matched) io.err(nothingOf(filter))
      return reading.balanced && reading.absent.length === 0 ? 0 : 3
    } finally {
      await connection.close()
    }
  },
}

/** Goes on until it is told to stop; a line each time that the numbers have changed. */
async function watch(words: readonly string[], flags: Flags, io: Io): Promise<ExitCode> {
  const seconds = Number(words[0] ?? watchSeconds)
  if (words.length > 1 || !(seconds > 0 && seconds <= 86_400)) {
    throw new UsageError('--watch takes a number of seconds, and nothing else')
  }
  const whole = ['from', 'to', 'offsets', 'source', 'tenant', 'wait'].find(name => flags[name] !== undefined)
  if (whole !== undefined) throw new UsageError(`--watch follows all that comes: --${whole} goes without it`)
  const port = numberFlag(flags, 'metrics')
  const stop = new AbortController()
  process.on('SIGINT', () => stop.abort())
  process.on('SIGTERM', () => stop.abort())
  const connection = await connect(flags, io.env)
  const exporter = port === undefined ? undefined : await serveLedger(io.env.VIGIA_METRICS_HOST ?? '127.0.0.1', port)
  try {
    if (exporter !== undefined) io.err(`metrics at ${exporter.url}`)
    let last = ''
    const tell = (now: Ledger, sources: readonly SourceFacts[]) => {
      exporter?.set(now, sources, Date.now())
      const silent = sources.filter(each => each.silent).map(({ source, tenant }) => ({ source, tenant }))
      const text = flags.json === true ? JSON.stringify(watchDocument(now, silent)) : watchText(now, silent)
      if (text !== last) io.out(flags.json === true ? text : `${timeText(Date.now())}  ${text}`)
      last = text
    }
    const options = { everyMs: seconds * 1000, clock: Date.now, signal: stop.signal, onRead: progressTo(io), tell }
    await watchLedger(connection, options)
    return 0
  } finally {
    await exporter?.close()
    await connection.close()
  }
}

export function ledgerDocument(reading: LedgerReading) {
  const listed = (outcome: Part['outcome']) => reading.parts.filter(part => part.outcome === outcome).slice(0, mostIds)
  const now = Date.now()
  return {
    ...numbersOf(reading),
    pending_ids: listed('pending').map(part => part.id),
    pending_parts: listed('pending').map(({ id, source, tenant, since }) => {
      return { id, source, tenant, since, age: Math.max(0, Math.round((now - since) / 1000)) }
    }),
    unaccounted_ids: listed('unaccounted').map(part => part.id),
    repeated_ids: reading.repeated.slice(0, mostIds),
    orphan_ids: reading.orphans.slice(0, mostIds),
    by_source: countsBy(reading, 'source'),
    by_tenant: countsBy(reading, 'tenant'),
    truncated: reading.truncated,
    absent: reading.absent,
    matched: reading.matched,
  }
}

export function ledgerLine(reading: Ledger): string {
  const sum = outcomes.map(outcome => `${outcome} ${reading[outcome]}`).join(' + ')
  return `raw ${reading.raw} = ${sum}   ${reading.balanced ? 'BALANCED' : 'DOES NOT BALANCE'}`
}

function numbersOf({ raw, linked, duplicate, suppressed, rejected, pending, unaccounted, balanced }: Ledger) {
  return { raw, linked, duplicate, suppressed, rejected, pending, unaccounted, balanced }
}

type Named = { readonly source: string; readonly tenant: string }

function watchDocument(reading: Ledger, silent: readonly Named[]) {
  return { ...numbersOf(reading), pending_since: oldestPending(reading)?.since ?? null, silent }
}

function watchText(reading: Ledger, silent: readonly Named[]): string {
  const oldest = oldestPending(reading)
  const since = oldest === undefined ? '' : `, pending since ${timeText(oldest.since)}`
  const names = silent.map(each => `${each.source} of ${each.tenant}`).join(', ')
  return `${ledgerLine(reading)}${since}${names === '' ? '' : `, silent: ${names}`}`
}

function oldestPending(reading: Ledger): Part | undefined {
  return reading.parts.find(part => part.outcome === 'pending')
}

export function ledgerText(reading: LedgerReading): string {
  const rows = reading.rows.map(row => [row.source, row.tenant, ...outcomes.map(outcome => String(row[outcome]))])
  const listed = (outcome: Part['outcome'], text: (part: Part) => string) =>
    reading.parts
      .filter(part => part.outcome === outcome)
      .slice(0, mostShown)
      .map(text)
  const now = Date.now()
  const waiting = listed(
    'pending',
    part => `pending  ${part.id}  ${part.source}  since ${timeText(part.since)}, ${ageText(now - part.since)}`,
  )
  const more = reading.pending - waiting.length
  return [
    table(['SOURCE', 'TENANT', ...outcomes.map(each => each.toUpperCase())], rows),
    '',
    ledgerLine(reading),
    ...waiting,
    ...(more > 0 ? [`pending  ${more} more, which are younger`] : []),
    ...listed('unaccounted', part => `unaccounted  ${part.id}`),
    ...reading.repeated.slice(0, mostShown).map(id => `stands twice  ${id}`),
    ...reading.orphans.slice(0, mostShown).map(id => `its raw record is missing  ${id}`),
    ...reading.truncated.map(
      each => `truncated: ${each.topic}/${each.partition} begins at ${each.start}; before it nothing is proven`,
    ),
    ...reading.absent.map(each => `there is no ${topics.alertsRaw.name}/${each.partition}/${each.from}-${each.to}`),
  ].join('\n')
}

function countsBy(reading: Ledger, name: 'source' | 'tenant'): Record<string, Record<Outcome, number>> {
  const counts: Record<string, Record<Outcome, number>> = {}
  for (const row of reading.rows) {
    const before = counts[row[name]]
    const { linked, duplicate, suppressed, rejected, pending, unaccounted } = row
    const sum = { linked, duplicate, suppressed, rejected, pending, unaccounted }
    if (before !== undefined) for (const outcome of outcomes) sum[outcome] += before[outcome]
    counts[row[name]] = sum
  }
  return counts
}

function progressTo(io: Io): Progress {
  return progress(io.err, Date.now)
}

function nothingOf({ source, tenant }: Filter): string {
  const names = [
    ...(source === undefined ? [] : [`source ${source}`]),
    ...(tenant === undefined ? [] : [`tenant ${tenant}`]),
  ]
  return `nothing is known of ${names.join(' of ')}: is the name right?`
}

function filterFrom(flags: Flags): Filter {
  const [source, tenant] = [textFlag(flags, 'source'), textFlag(flags, 'tenant')]
  return { ...(source === undefined ? {} : { source }), ...(tenant === undefined ? {} : { tenant }) }
}

function rangeFrom(words: readonly string[], flags: Flags): Range {
  const instant = (name: string) => {
    const text = textFlag(flags, name)
    const at = parseInstant(text)
    if (text !== undefined && at === undefined)
      throw new UsageError(`--${name} takes a time such as 2026-11-20T10:00:00Z, not ${text}`)
    return at
  }
  const [from, to] = [instant('from'), instant('to')]
  const offsets = [...words, ...textsFlag(flags, 'offsets')].map(offsetsFrom)
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(offsets.length === 0 ? {} : { offsets }),
  }
}

function offsetsFrom(text: string): OffsetRange {
  const range = parseOffsets(text)
  if (range === undefined) {
    throw new UsageError(
      `offsets are PARTITION:FROM-TO or alerts.raw/PARTITION/FROM-TO, both ends included, not ${text}`,
    )
  }
  return range
}
