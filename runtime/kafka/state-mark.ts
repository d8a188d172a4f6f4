/**
 * How far the state topic of a task reached, kept behind the metadata of each offset that the task commits: the state
 * and the offsets are then checked against each other at every take-over, whatever happened to one of them alone.
 */
const pattern = /^([\s\S]*)\|state=(\d+)$/

/**
 * The topics whose committed offsets bear the mark: the inputs, or the state topic itself where a stage has none. Each of
 * them must have an offset once the group has begun.
 */
export function markedTopics(inputs: readonly string[], state: string | undefined): readonly string[] {
  return inputs.length > 0 || state === undefined ? [...new Set(inputs)] : [state]
}

/** At most 23 bytes more, within the broker's 4,096 (`offset.metadata.max.bytes`). */
export function withMark(metadata: string, reached: number): string {
  return `${metadata}|state=${reached}`
}

/** The metadata as the task gave it; `reached` is 0 where no mark was written. */
export function readMark(kept: string): { readonly metadata: string; readonly reached: number } {
  const [, metadata = kept, reached = '0'] = pattern.exec(kept) ?? []
  return { metadata, reached: Number(reached) }
}
