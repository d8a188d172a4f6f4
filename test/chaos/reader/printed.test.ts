import { describe, expect, it } from 'vitest'
import { parsePrinted } from './printed.ts'

describe('a printed record', () => {
  it.each<readonly [string, string, string | null, string | null]>([
    ['text', 'key\tvalue 1', 'key', 'value 1'],
    ['any bytes', 'acme#\\xC3\\xB1\t\\x00\\x00\\x09\\x0A\\x5Cx41', 'acme#ñ', '\0\0\t\n\\x41'],
    ['a tombstone', 'key\tn0ne', 'key', null],
    ['no key', 'n0ne\tvalue', null, 'value'],
    ['what is empty', '\t', '', ''],
    ['a text that says null', 'null\tnull', 'null', 'null'],
  ])('gives back %s', (_, printed, key, value) => {
    const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))
    const expected = { partition: 2, offset: 71, key: bytes(key), value: bytes(value) }
    expect(parsePrinted(`Partition:2\tOffset:71\t${printed}`, 'n0ne')).toEqual(expected)
  })

  it.each([
    ['a line of a log', '[2026-11-25 04:00:00] WARN something'],
    ['a line that is cut short', 'Partition:2\tOffset:71\tkey'],
    ['bytes that it cannot print', 'Partition:2\tOffset:71\tkey\t\\y'],
  ])('is not made of %s', (_, printed) => {
    expect(() => parsePrinted(printed, 'n0ne')).toThrow()
  })
})
