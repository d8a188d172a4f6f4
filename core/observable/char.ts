/** What a character of ASCII is, told by a table: texts are walked a character at a time, without regular expressions. */

const letter = 1
const digit = 2
const hexDigit = 4

const kinds = new Uint8Array(128)
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') kinds[char.charCodeAt(0)] = letter
for (const char of '0123456789') kinds[char.charCodeAt(0)] = digit | hexDigit
for (const char of 'abcdefABCDEF') kinds[char.charCodeAt(0)] = letter | hexDigit

export const blank = 0x20
export const quote = 0x22
export const apostrophe = 0x27
export const dash = 0x2d
export const dot = 0x2e
export const slash = 0x2f
export const colon = 0x3a
export const at = 0x40
export const backslash = 0x5c

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a
}

export function isLetter(code: number): boolean {
  return code < 128 && ((kinds[code] ?? 0) & letter) !== 0
}

export function isLetterOrDigit(code: number): boolean {
  return code < 128 && (kinds[code] ?? 0) !== 0
}

export function isHexDigit(code: number): boolean {
  return code < 128 && ((kinds[code] ?? 0) & hexDigit) !== 0
}

/** Where the character first stands within a part of the text; -1 where it does not. */
export function indexWithin(text: string, code: number, start: number, end: number): number {
  for (let index = start; index < end; index++) if (text.charCodeAt(index) === code) return index
  return -1
}

/** Whether all characters of a part of the text are hex digits. */
export function isHex(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) if (!isHexDigit(text.charCodeAt(index))) return false
  return true
}

/** Blanks, dashes, quotes and full stops of other scripts, and what controls the text. */
export function isSignBeyondAscii(code: number): boolean {
  if (code < 0x2000) return code >= 128 && code <= 0xa0
  return (
    code <= 0x200f ||
    (code >= 0x2018 && code <= 0x201f) ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x3000 && code <= 0x3002) ||
    code === 0xfeff
  )
}
