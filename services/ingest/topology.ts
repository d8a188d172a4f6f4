import type { Producer } from '../../runtime/producer.ts'
import { service, stage } from '../../runtime/stage.ts'
import { topics } from '../../schemas/catalogue.ts'
import { ingestRaw } from './decide.ts'
import type { IngestRules } from './rules.ts'

/** The HTTP API, where this instance has one. */
export type Serves = (producer: Producer) => Promise<{ readonly address: string; close(): Promise<void> }>

/** Raw bytes become alerts; nothing is remembered, so that any instance may read any partition. */
export function ingest(rules: IngestRules, serves?: Serves) {
  return service('ingest', {
    normalise: stage({
      reads: { raw: topics.alertsRaw },
      writes: [topics.alerts, topics.dlq, ...(serves === undefined ? [] : [topics.commands])],
      on: { raw: ingestRaw(rules) },
      rules: { hash: rules.hash, content: rules.content },
      ...(serves === undefined ? {} : { serves }),
    }),
  })
}
