import { Gauge, Registry } from 'prom-client'
import { type Ledger, outcomes } from './outcome.ts'
import type { SourceFacts } from './sources.ts'

/** What the ledger says, for Prometheus. Sources are the only label that senders name: see `sourceBook` for its bounds. */
export type LedgerMetrics = {
  set(ledger: Ledger, sources: readonly SourceFacts[], now: number): void
  text(): Promise<string>
  readonly contentType: string
}

export function ledgerMetrics(): LedgerMetrics {
  const registers = [new Registry()] as const
  const [registry] = registers
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [...registers] })
  const parts = gauge('vigia_ledger_parts', 'Parts of raw records by outcome, since the oldest that was read', [
    'outcome',
  ])
  const unaccounted = gauge('vigia_ledger_unaccounted', 'Parts that were decided on and have no outcome: lost')
  const oldest = gauge('vigia_ledger_oldest_pending_seconds', 'Age of the oldest part that waits; 0 where none does')
  const readAt = gauge('vigia_ledger_read_timestamp_seconds', 'When the topics were last read to their ends')
  const labels: ('source' | 'tenant')[] = ['source', 'tenant']
  const lastSeen = gauge('vigia_source_last_seen_seconds', 'How long ago the source was last seen', labels)
  const silent = gauge('vigia_source_silent', '1: silent for more than ten times its usual gap', labels)
  return {
    set(ledger, sources, now) {
      for (const outcome of outcomes) parts.set({ outcome }, ledger[outcome])
      unaccounted.set(ledger.unaccounted)
      const since = ledger.parts.find(part => part.outcome === 'pending')?.since
      oldest.set(since === undefined ? 0 : Math.max(0, now - since) / 1000)
      readAt.set(now / 1000)
      for (const { source, tenant, lastSeenAt, silent: isSilent } of sources) {
        lastSeen.set({ source, tenant }, Math.max(0, now - lastSeenAt) / 1000)
        silent.set({ source, tenant }, isSilent ? 1 : 0)
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
