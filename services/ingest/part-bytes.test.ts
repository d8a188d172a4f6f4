import { describe, expect, it } from 'vitest'
import { partTaker } from './part-bytes.ts'
import { partsOf } from './parts.ts'

const text = (value: string, part: number) => partTaker(Buffer.from(value))(part)?.toString()

describe('a part that is taken out of its record', () => {
  it.each([
    ['the only one, as it came', ' {"title" : "a"}\n', 0, ' {"title" : "a"}\n'],
    ['the only one, though it is not JSON', '{"title"', 0, '{"title"'],
    ['an element of an array', '[{"title":"a"},{"title":"b"}]', 1, '{"title":"b"}'],
    ['an element that is no object', '[{"title":"a"},7]', 1, '7'],
    ['an element that is an array', '[{"title":"a"},[1,2]]', 1, '[[1,2]]'],
    ['a line of NDJSON, as it was written', '{"title":"a"}\n\n{"title" : "b"}\n{"title":"c"}', 1, '{"title" : "b"}'],
    ['a broken line', '{"title":"a"}\n{"title":\n{"title":"c"}', 1, '{"title":'],
    [
      'an alert of a wrapper, with what names its rule',
      '{"rule":{"name":"r"},"alerts":[{"title":"a"},{"title":"b"}]}',
      1,
      '{"rule":{"name":"r"},"title":"b"}',
    ],
  ])('is %s', (_what, value, part, alone) => {
    expect(text(value, part)).toBe(alone)
  })

  it('is read as it was within its record', () => {
    const record = Buffer.from('[{"title":"a"},7,{"alerts":[{"title":"b"},{"title":"c"}]},[[1]],null,"text"]')
    const take = partTaker(record)
    const whole = partsOf(record)
    for (const [part, { body }] of whole.entries()) {
      const alone = partsOf(take(part) ?? null)
      expect(alone).toHaveLength(1)
      expect(alone[0]?.body).toEqual(body)
    }
    expect(take(whole.length)).toBeUndefined()
  })
})
