import { checkCauses } from './causes.ts'
import type { History } from './history.ts'
import { checkIds } from './ids.ts'
import { checkOutcomes } from './outcomes.ts'
import type { Result } from './result.ts'
import { checkSeq } from './seq.ts'

/** Every promise that the topics alone can tell of. */
export function checkHistory(history: History): readonly Result[] {
  return [checkOutcomes(history), checkIds(history.events), checkCauses(history), checkSeq(history.events)]
}
