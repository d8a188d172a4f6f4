import { describe, expect, it } from 'vitest'
import { writeEntry } from './client.ts'
import { isFence, isTooLarge, namesOf } from './failure.ts'
import { logLevel } from './kafkajs.ts'

function written(
  level: number,
  message: string,
  fields: Record<string, unknown> = {},
  namespace = 'Consumer',
): unknown[] {
  const lines: unknown[] = []
  const log = { timestamp: 'now', logger: 'kafkajs', message, ...fields }
  writeEntry((...line) => void lines.push(line), { namespace, level, label: '', log })
  return lines
}

describe('the log lines of kafkajs', () => {
  const concurrent =
    'The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing'

  it('come a level lower, without their decoration', () => {
    const { ERROR, WARN, INFO } = logLevel
    const fields = { client: 'Consumer' }
    expect(written(ERROR, 'Crash', { stack: 'at' })).toEqual([['warn', 'Crash', fields]])
    expect(written(WARN, 'rejoining')).toEqual([['info', 'rejoining', fields]])
    expect(written(INFO, 'Stopped')).toEqual([['debug', 'Stopped', fields]])
    const answer = written(ERROR, 'Response Fetch(key: 1, version: 11)', { error: 'no leader' }, 'Connection')
    expect(answer).toEqual([
      ['debug', 'Response Fetch(key: 1, version: 11)', { error: 'no leader', client: 'Connection' }],
    ])
  })

  it('do not come where they tell of a request that waits for the transaction before, or of our own retries', () => {
    expect(written(logLevel.ERROR, 'Response AddOffsetsToTxn(key: 25)', { error: concurrent }, 'Connection')).toEqual(
      [],
    )
    expect(written(logLevel.ERROR, concurrent)).toEqual([])
    const limited = 'Limiting retries for the idempotent producer may invalidate EoS guarantees'
    expect(written(logLevel.WARN, limited)).toEqual([])
  })
})

describe('what an error of kafkajs was caused by', () => {
  it('is found through causes and aggregates', () => {
    const epoch = Object.assign(new Error(), { type: 'INVALID_PRODUCER_EPOCH' })
    expect(isFence(new Error('retries exceeded', { cause: epoch }))).toBe(true)
    expect(isFence(new Error('other'))).toBe(false)
    const errors = [Object.assign(new Error(), { type: 'MESSAGE_TOO_LARGE' })]
    expect(isTooLarge(Object.assign(new Error(), { errors }))).toBe(true)
    expect([...namesOf('text')]).toEqual([])
  })
})
