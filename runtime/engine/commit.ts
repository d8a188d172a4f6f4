import type { CommittedOffset, OutRecord } from '../log.ts'

/**
 * One transaction of a task: these outputs, all pending state changes, these offsets. The state is kept after it
 * resolves and dropped when it rejects. `inputs` is only counted.
 */
export type Commit = (
  outputs: readonly OutRecord[],
  inputs: number,
  offsets: readonly CommittedOffset[],
) => Promise<void>
