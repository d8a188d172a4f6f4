/** The beginning of a text in at most so many characters, without half a character at the end. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
}

/** As `shortened`, in bytes of UTF-8. */
export function shortenedToBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  return Buffer.from(text)
    .subarray(0, most)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
}
