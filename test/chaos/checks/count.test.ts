import { describe, expect, it } from 'vitest'
import { type Counted, checkCount } from './count.ts'

const record = (offset: number, key: string | null, value: string | null): Counted => ({
  ...{ partition: 0, offset },
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})
const whole = [record(0, 'a', '1'), record(2, null, '2'), record(3, 'c', null)]

describe('what two readers found', () => {
  it('is the same, to the byte', () => {
    const result = checkCount([{ topic: 't', ours: whole, theirs: [...whole].reverse() }])
    expect(result).toMatchObject({ held: true, figures: { topics: 1, records: 3 } })
  })

  it.each<readonly [string, Counted[], string[]]>([
    ['a record less', whole.slice(1), ['t: we read 3, they read 2', 't/0/0: only we read it']],
    ['a record more', [...whole, record(5, 'x', 'x')], ['t: we read 3, they read 4', 't/0/5: only they read it']],
    ['a record twice', [...whole, ...whole.slice(0, 1)], ['t: we read 3, they read 4']],
    ['another value', [record(0, 'a', '9'), ...whole.slice(1)], ['t/0/0: they read another record']],
    ['another key', [record(0, 'z', '1'), ...whole.slice(1)], ['t/0/0: they read another record']],
    ['an empty value for none', [...whole.slice(0, 2), record(3, 'c', '')], ['t/0/3: they read another record']],
    ['key and value cut elsewhere', [record(0, 'a1', ''), ...whole.slice(1)], ['t/0/0: they read another record']],
  ])('differs by %s', (_, theirs, findings) => {
    expect(checkCount([{ topic: 't', ours: whole, theirs }])).toMatchObject({ held: false, findings })
  })
})
