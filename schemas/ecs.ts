/** JSON as it is written: fields that are absent are left out, never null. */
type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json }

/**
 * A document of the Elastic Common Schema: what every one of the mirror has. What ECS has no field for is under `vigia`.
 * `event.kind` is never `signal`, which Elastic keeps to itself.
 */
export type EcsDocument = {
  /** When it happened, ISO 8601. */
  readonly '@timestamp': string
  readonly ecs: { readonly version: string }
  readonly message: string
  readonly event: {
    /** The event's own id: the record's key, and the document's id at the sink. */
    readonly id: string
    readonly kind: 'alert' | 'enrichment' | 'event'
    readonly module: 'vigia'
    readonly dataset: string
    readonly action: string
    readonly category: readonly string[]
    readonly type: readonly string[]
    readonly created: string
    readonly ingested: string
    readonly outcome?: 'success' | 'failure' | 'unknown'
    readonly reason?: string
    readonly severity?: number
    readonly url?: string
  }
  readonly vigia: { readonly [name: string]: Json }
  readonly [field: string]: Json
}
