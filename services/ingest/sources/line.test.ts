import { describe, expect, it } from 'vitest'
import { lineOf } from './line.ts'

describe('the header of a log line', () => {
  it.each([
    ['Mar  4 10:05:01 web-01 sshd[2511]: Failed', undefined, 'web-01', 'sshd', 'Failed'],
    ['<132>Mar  4 11:05:12 mgr ossec: {"a":1}', undefined, 'mgr', 'ossec', '{"a":1}'],
    ['Mar 14 11:05:12 fw-01 no program', undefined, 'fw-01', undefined, 'no program'],
    ['2026-03-04T10:12:00.123Z web-01 text', '2026-03-04T10:12:00.123Z', 'web-01', undefined, 'text'],
    ['2026-03-04T10:12:00+01:00 h app[7]: text', '2026-03-04T10:12:00+01:00', 'h', 'app', 'text'],
    ['2026-03-04T10:12:00Z {name=web-01} text', '2026-03-04T10:12:00Z', '{name=web-01}', undefined, 'text'],
    ['<34>1 2026-03-04T10:12:00Z fw p 77 ID4 - denied', '2026-03-04T10:12:00Z', 'fw', 'p', 'denied'],
    [`<34>1 2026-03-04T10:12:00Z fw p - - [a@1 x="]"][b@1] \ufeffdenied`, '2026-03-04T10:12:00Z', 'fw', 'p', 'denied'],
    ['<34>1 2026-03-04T10:12:00Z fw p - - -', '2026-03-04T10:12:00Z', 'fw', 'p', ''],
  ])('is read from %j', (text, time, host, program, message) => {
    expect(lineOf(text)).toEqual({ text, time, host, program, message })
  })

  it.each([
    'Failed password',
    '',
    'Mar  4 10:05 web-01 x',
    '2026-03-04 text',
    '<34>x',
    'Total: 7',
    '{"a":1}',
    'Mar  4 10:05:01 h p: a\nb',
  ])('is not there in %j', text => expect(lineOf(text)).toBeUndefined())

  it('is looked for in linear time', () => {
    for (const text of [
      `<34>1 2026-03-04T10:12:00Z h p - - [${']'.repeat(200_000)}`,
      `Mar  4 10:05:01 ${'a'.repeat(200_000)}`,
      `2026-03-04T10:12:00Z h ${'a['.repeat(100_000)}`,
      `Mar  4 10:05:01 h ${' '.repeat(200_000)}x`,
    ]) {
      const line = lineOf(text)
      expect(line === undefined || line.text === text).toBe(true)
    }
  })
})
