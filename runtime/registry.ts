/** The port to the schema registry: `runtime/kafka` speaks to a real one, `runtime/memory` keeps a map. */
export type Registry = {
  /**
   * Registers a schema under `subject` and answers its id; the same schema again answers the same id.
   * Rejects with `VIG_SCHEMA_MISFIT` where the registry finds it incompatible with the versions before.
   */
  register(subject: string, schema: string, compatibility: string): Promise<number>
  /** The id of exactly this schema under `subject`, or undefined where it was never registered. */
  idOf(subject: string, schema: string): Promise<number | undefined>
  /** The schema with this id, or undefined where the registry does not know it. Rejects with `VIG_LOG_UNAVAILABLE`. */
  schemaOf(id: number): Promise<string | undefined>
}
