import { setTimeout as sleep } from 'node:timers/promises'
import { eventsOf, type LedgerReading, readLedger } from '../../cli/ledger/read-ledger.ts'
import type { Chain } from '../../cli/up/chain.ts'
import { topics } from '../../schemas/catalogue.ts'
import { hasRecord, lagsOf } from '../chaos/run/lag.ts'
import type { Answers } from './load.ts'

/** Those that an alert meets on its way to its outcome, which alone are started. */
const stages = ['ingest.normalise', 'case-builder.fold']

/** How many records they have still to decide on; counts the marks of transactions among them. 0: none. */
export async function behind({ log, prefix }: Pick<Chain, 'log' | 'prefix'>): Promise<number> {
  const lags = (await lagsOf(log, prefix)).filter(
    ({ stage, committed, end }) => stages.includes(stage) && committed < end,
  )
  let left = 0
  for (const lag of lags) if (await hasRecord(log, prefix, lag)) left += lag.end - lag.committed
  return left
}

/** Resolves when nothing is left to decide on; rejects when it goes on no more. */
export async function drained(chain: Chain, say: (line: string) => void): Promise<void> {
  const stuckMs = 60_000
  let least = Number.POSITIVE_INFINITY
  let since = Date.now()
  for (;;) {
    const left = await behind(chain)
    if (left === 0) return
    if (left < least) {
      least = left
      since = Date.now()
    } else if (Date.now() - since > stuckMs) throw new Error(`${left} records are left, and have been for a minute`)
    say(`${left} records to be decided on`)
    await sleep(2000)
  }
}

export type Accounts = {
  readonly ledger: LedgerReading
  /** Acknowledged to the sender, and not found in the log: must be none. */
  readonly lost: readonly string[]
}

/** The ledger, and whether each alert that was acknowledged is among those that it tells of. */
export async function accountsOf(chain: Chain, all: readonly Answers[]): Promise<Accounts> {
  const rawIds = new Set<string>()
  const fingerprints = new Set<string>()
  for await (const { value } of eventsOf(chain.log, chain.codec, chain.prefix, topics.alerts)) {
    if (value.rawId !== null) rawIds.add(value.rawId)
    if (value.kind === 'alert') fingerprints.add(value.alert.fingerprint)
  }
  const lost = all.flatMap(answers => [
    ...answers.rawIds.filter(id => !rawIds.has(id)),
    ...answers.fingerprints.filter(id => !fingerprints.has(id)),
  ])
  return { ledger: await readLedger(chain.log, chain.codec, chain.prefix), lost }
}
