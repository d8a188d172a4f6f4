import { parseInstant } from '../../core/time.ts'
import { connect } from '../connection.ts'
import type { Outcome } from '../ledger/account.ts'
import { type LedgerReading, type Range, readLedger } from '../ledger/read-ledger.ts'
import { table } from '../table.ts'
import { type Flags, numberFlag, textFlag, UsageError, type Verb } from '../verb.ts'

const outcomes: readonly Outcome[] = ['linked', 'duplicate', 'suppressed', 'rejected', 'pending', 'unaccounted']
const mostIds = 100

/** Proves from the topics alone that every part of every raw record has one outcome; exits 3 where it has not. */
export const ledger: Verb = {
  name: 'ledger',
  usage: '[--from TIME --to TIME] [--wait SECONDS]',
  summary: 'proves that every alert ended in one outcome',
  options: { from: { type: 'string' }, to: { type: 'string' }, wait: { type: 'string' } },
  async run(_positionals, flags, io) {
    const range = rangeFrom(flags)
    const waitUntil = Date.now() + (numberFlag(flags, 'wait') ?? 0) * 1000
    const connection = await connect(flags, io.env)
    try {
      let reading = await readLedger(connection.log, connection.codec, connection.prefix, range)
      while (reading.pending > 0 && Date.now() < waitUntil) {
        await new Promise(resolve => setTimeout(resolve, 500))
        reading = await readLedger(connection.log, connection.codec, connection.prefix, range)
      }
      io.out(flags.json === true ? JSON.stringify(ledgerDocument(reading)) : ledgerText(reading))
      return reading.balanced ? 0 : 3
    } finally {
      await connection.close()
    }
  },
}

export function ledgerDocument(reading: LedgerReading) {
  const ids = (outcome: Outcome) =>
    reading.parts
      .filter(part => part.outcome === outcome)
      .map(part => part.id)
      .slice(0, mostIds)
  const { raw, linked, duplicate, suppressed, rejected, pending, unaccounted, balanced, repeated, truncated } = reading
  return {
    ...{ raw, linked, duplicate, suppressed, rejected, pending, unaccounted, balanced },
    pending_ids: ids('pending'),
    unaccounted_ids: ids('unaccounted'),
    repeated_ids: repeated.slice(0, mostIds),
    orphan_ids: reading.orphans.slice(0, mostIds),
    by_source: bySource(reading),
    truncated,
  }
}

export function ledgerLine(reading: LedgerReading): string {
  const sum = outcomes.map(outcome => `${outcome} ${reading[outcome]}`).join(' + ')
  return `raw ${reading.raw} = ${sum}   ${reading.balanced ? 'BALANCED' : 'DOES NOT BALANCE'}`
}

function ledgerText(reading: LedgerReading): string {
  const rows = Object.entries(bySource(reading)).map(([source, counts]) => [
    source,
    ...outcomes.map(outcome => String(counts[outcome])),
  ])
  const lost = reading.parts
    .filter(part => part.outcome === 'unaccounted')
    .slice(0, 10)
    .map(part => `unaccounted  ${part.id}`)
  const orphans = reading.orphans.slice(0, 10).map(id => `its raw record is missing  ${id}`)
  const twice = reading.repeated.slice(0, 10).map(id => `stands twice  ${id}`)
  const ends = reading.truncated.map(
    each => `truncated: ${each.topic}/${each.partition} begins at ${each.start}; before it nothing is proven`,
  )
  return [
    table(['SOURCE', ...outcomes.map(each => each.toUpperCase())], rows),
    '',
    ledgerLine(reading),
    ...lost,
    ...twice,
    ...orphans,
    ...ends,
  ].join('\n')
}

function bySource(reading: LedgerReading): Record<string, Record<Outcome, number>> {
  const sources: Record<string, Record<Outcome, number>> = {}
  for (const { source, outcome } of reading.parts) {
    sources[source] ??= { linked: 0, duplicate: 0, suppressed: 0, rejected: 0, pending: 0, unaccounted: 0 }
    sources[source][outcome] += 1
  }
  return sources
}

function rangeFrom(flags: Flags): Range {
  const instant = (name: string) => {
    const text = textFlag(flags, name)
    const at = parseInstant(text)
    if (text !== undefined && at === undefined)
      throw new UsageError(`--${name} takes a time such as 2026-11-20T10:00:00Z, not ${text}`)
    return at
  }
  const [from, to] = [instant('from'), instant('to')]
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}
