import { describe, expect, it } from 'vitest'
import { someAlert, someRejection, someSuppression } from '../explain/some-events.ts'
import { sourceCounts } from './source-counts.ts'

describe('what came from each source', () => {
  it('is counted by what became of it, the one that was last seen first', () => {
    const records = [someAlert({ offset: 0 }), someRejection({ offset: 4 }), someSuppression({ offset: 7 })]
    const start = records[0]?.at ?? 0
    expect(sourceCounts(records, start + 60 * 60 * 1000 + 1)).toEqual([
      { source: 'eve', alerts: 0, refused: 0, suppressed: 1, lastHour: 1, lastSeenAt: start + 7 },
      { source: 'wazuh', alerts: 1, refused: 1, suppressed: 0, lastHour: 1, lastSeenAt: start + 4 },
    ])
  })
})
