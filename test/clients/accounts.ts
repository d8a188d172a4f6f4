import { type LedgerReading, readAll, readLedger } from '../../cli/ledger/read-ledger.ts'
import type { Chain } from '../../cli/up/chain.ts'
import { topics } from '../../schemas/catalogue.ts'
import type { Alert } from '../../schemas/generated/types.ts'
import { until } from '../integration/until.ts'

/** The ledger, once nothing is pending and it has at least `parts`. */
export function settled({ log, codec, prefix }: Chain, parts: number): Promise<LedgerReading> {
  return until(`ledger of ${parts} settled parts`, async () => {
    const reading = await readLedger(log, codec, prefix)
    return reading.raw >= parts && reading.pending === 0 ? reading : undefined
  })
}

/** The alerts that came from a source, repeats and all. */
export async function alertsFrom({ log, codec, prefix }: Chain, source: string): Promise<readonly Alert[]> {
  const records = await readAll(log, codec, prefix, topics.alerts)
  return records.flatMap(({ value }) => (value.kind === 'alert' && value.alert.source === source ? [value.alert] : []))
}
