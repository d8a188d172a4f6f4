import { describe, expect, it } from 'vitest'
import { bytesText, printable } from './printable.ts'

describe('what strangers sent, as a terminal may show it', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a line break', 'a\nb', 'a\\u000ab'],
    ['text that turns direction', 'a\u202eb', 'a\\u202eb'],
    ['letters of any script', 'señal 警报 🚨', 'señal 警报 🚨'],
  ])('has %s written out', (_what, text, told) => {
    expect(printable(text)).toBe(told)
  })

  it('is text where the bytes are text, line by line', () => {
    expect(bytesText(Buffer.from('{"a":1}\r\n\u001b{"b":2}'))).toBe('{"a":1}\n\\u001b{"b":2}')
  })

  it('is hex where they are none, the first 4 kB of them', () => {
    expect(bytesText(Buffer.from([0x7b, 0xff, 0x41]))).toBe(`00000000  ${'7b ff 41'.padEnd(48)} {.A`)
    const lines = bytesText(Buffer.alloc(5000)).split('\n')
    expect([lines.length, lines.at(-1)]).toEqual([257, '… 904 more bytes (--json has them all)'])
  })
})
