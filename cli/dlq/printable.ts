import { isUtf8 } from 'node:buffer'

/** Text of strangers as a terminal may show it: control characters, which could move its cursor, are written out. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const mostHex = 4096

/** Bytes as text, line by line, where they are text; else in hex, the first 4 kB of them. */
export function bytesText(bytes: Buffer): string {
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8').split(/\r?\n/).map(printable).join('\n')
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, mostHex); at += 16) {
    const row = bytes.subarray(at, at + 16)
    const hex = row.toString('hex').replace(/../g, '$& ')
    lines.push(
      `${at.toString(16).padStart(8, '0')}  ${hex.padEnd(48)} ${row.toString('latin1').replace(/[^ -~]/g, '.')}`,
    )
  }
  const left = bytes.length - mostHex
  return left <= 0 ? lines.join('\n') : [...lines, `… ${left} more bytes (--json has them all)`].join('\n')
}
